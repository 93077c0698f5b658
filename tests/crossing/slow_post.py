"""A post that delays, reorders, repeats and loses, as mail servers do, and that delivers everything in the end.

What is lost on its way from us was never taken, or taken without our hearing of it: the ledger sends the same bytes.
What is lost on its way to us was not acknowledged: the other server sends the same bytes again, later.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal, TypeVar

from shared.inbox.receiving import Envelope
from shared.invitations import deliver
from tests.calendar.case_inbox import hand_in
from tests.house import House
from tests.post_office import Mail, PostOffice

Fate = Literal["sent", "lost", "unsure"]
Thing = TypeVar("Thing")


@dataclass(frozen=True)
class Letter:
    """A mail to one of ours, from whoever it says."""

    sender: str
    recipients: tuple[str, ...]
    raw: bytes


@dataclass
class SlowPost:
    """`to_them` and `to_us` are under way, in the order in which they left; `take` is what is done with a mail."""

    house: House
    take: Callable[[Mail], None]
    to_them: list[Mail] = field(default_factory=list)
    to_us: list[Letter] = field(default_factory=list)

    def collect(self, fates: list[Fate]) -> None:
        """Whatever may leave, leaves: lost, or sent, or sent without our knowing; when fates run out, sent."""
        office = PostOffice(self.house)
        while parcels := office.claim():
            for parcel in parcels:
                fate = fates.pop() if fates else "sent"
                mail = office.read(parcel)
                if fate == "lost":
                    self._note_failure(parcel, ambiguous=False)
                    continue
                self.to_them.append(mail)
                if fate == "unsure":
                    self._note_failure(parcel, ambiguous=True)
                else:
                    office.hand_over(parcel)

    def arrive(self, n: int, *, again: bool = False) -> Mail | None:
        """One of those under way to them, if there is any; `again`: it will come once more."""
        if not self.to_them:
            return None
        mail = _picked(self.to_them, n, again=again)
        self.take(mail)
        return mail

    def come_in(self, n: int, *, again: bool = False) -> None:
        """One of those under way to us."""
        if self.to_us:
            letter = _picked(self.to_us, n, again=again)
            hand_in(self.house, Envelope("lmtp", letter.sender, letter.recipients, is_local=True), letter.raw)

    def _note_failure(self, parcel: deliver.Parcel, *, ambiguous: bool) -> None:
        with self.house.book() as db:
            if ambiguous:
                deliver.point_of_no_return(db, parcel, now=self.house.now)
            deliver.try_later(db, parcel, answer="421 later", ambiguous=ambiguous, now=self.house.now)


def _picked(under_way: list[Thing], n: int, *, again: bool) -> Thing:
    thing = under_way.pop(n % len(under_way))
    if again:
        under_way.append(thing)
    return thing
