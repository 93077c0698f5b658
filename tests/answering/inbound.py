"""Mails from attendees, as the inbox hands them over: authenticated, and read into values."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from shared.answering import take
from shared.answering.reporting import report_some
from shared.inbox.outcomes import Outcome
from shared.itip.incoming import Component, Incoming, Party, Scheduling
from shared.store.inbox import InboundMail
from tests.house import House
from tests.post_office import Mail, PostOffice

ANNE, ZOE, YANN = "anne@example.org", "zoe@college.example", "yann@college.example"


@dataclass
class Answers:
    """What comes back to a house: each mail is a second later than the one before."""

    house: House
    post: PostOffice
    _sent: int = field(default=0)

    def reply(self, reservation_id: int, who: str = ZOE, partstat: str = "ACCEPTED", **more: Any) -> Outcome:
        """A REPLY of one attendee to the whole, or to one date of it (`recurrence_id`); `sender` is who sent it."""
        party = {name: more.pop(name) for name in ("delegated_to", "delegated_from", "sent_by", "name") if name in more}
        sender = more.pop("sender", who)
        component = self.component(reservation_id, Party(who, partstat=partstat, **party), **more)
        return self.send(sender, "REPLY", component)

    def component(self, reservation_id: int, *attendees: Party, **more: Any) -> Component:
        """A VEVENT under the UID of that meeting, with the SEQUENCE that went out last."""
        [row] = self.house.rows("SELECT uid, sequence FROM invitation WHERE reservation_id = :id", id=reservation_id)
        values = {"uid": row.uid, "sequence": row.sequence, "dtstamp": self.clock, "attendees": attendees} | more
        return Component(**values)

    @property
    def clock(self) -> datetime:
        """The time on the sender's computer."""
        return self.house.now.astimezone(UTC).replace(microsecond=0) + timedelta(seconds=self._sent)

    def send(self, sender: str, method: str, *components: Component, **more: Any) -> Outcome:
        """One mail to the address that invites."""
        scheduling = Scheduling(method, components[0].uid, components)
        return self.deliver(Incoming(sender=sender, scheduling=scheduling, **more))

    def deliver(self, incoming: Incoming) -> Outcome:
        self._sent += 1
        with self.house.book() as db:
            mail = InboundMail(
                site_id=self.house.site_id,
                source="lmtp",
                mail_from=incoming.sender,
                recipients=["reservations@creneau.example"],
                digest=self._sent.to_bytes(32),
                raw=b"",
                received_at=self.house.now,
                sender=incoming.sender,
                not_before=self.house.now,
            )
            db.add(mail)
            db.flush()
            return take(db, mail, incoming, now=self.house.now)

    def report(self) -> dict[str, Mail]:
        """The digests that are due, by who reads them."""
        with self.house.book() as db:
            report_some(db, now=self.house.now)
        return {mail.recipient: mail for mail in self.post.collect()}

    def of(self, reservation_id: int, who: str = ZOE) -> Any:
        """The line of somebody on the list."""
        query = "SELECT * FROM attendee WHERE reservation_id = :id AND address = :who"
        [row] = self.house.rows(query, id=reservation_id, who=who)
        return row

    def partstat(self, reservation_id: int, who: str = ZOE) -> str:
        return str(self.of(reservation_id, who).partstat)

    def dates(self, reservation_id: int, who: str = ZOE) -> dict[datetime, str]:
        """What they answered for dates of a series, by their names."""
        query = """SELECT d.recurs_at, d.partstat FROM date_answer AS d JOIN attendee AS a ON a.id = d.attendee_id
                   WHERE a.reservation_id = :id AND a.address = :who"""
        return {row.recurs_at: row.partstat for row in self.house.rows(query, id=reservation_id, who=who)}

    def register(self, address: str, means: str) -> None:
        """Another address of somebody, or their secretary's."""
        query = "INSERT INTO alias (site_id, address, means) VALUES (:site, :address, :means) RETURNING 1"
        self.house.rows(query, site=self.house.site_id, address=address, means=means)


def earlier(component: Component, **delta: float) -> Component:
    """The same, said so long before."""
    assert component.dtstamp
    return replace(component, dtstamp=component.dtstamp - timedelta(**delta))
