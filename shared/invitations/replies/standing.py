"""How what an entry asks for stands in the book: for the whole and for each date, what its rooms have to say."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from itertools import takewhile
from typing import Literal
from zoneinfo import ZoneInfo

from sqlalchemy import select

from shared.domain.refusals import Refusal
from shared.domain.states import HOLDING, State
from shared.invitations.replies.asked import Asked, Meeting, days_of, moment_of, name_of, on_date
from shared.invitations.series_now import SeriesNow
from shared.store.base import Db
from shared.store.external import ExternalEntry
from shared.store.places import Resource, with_parts
from shared.store.reservations import Reservation
from shared.store.series import Series

Partstat = Literal["ACCEPTED", "TENTATIVE", "DECLINED"]
# the order in which a series as a whole is answered by what its dates are
PARTSTATS: tuple[Partstat, ...] = ("ACCEPTED", "TENTATIVE", "DECLINED")


@dataclass(frozen=True, slots=True)
class Stand:
    """What there is to say to one thing that was asked for.

    kind: granted, approval, option, offer, waitlisted, refused, declined, expired, withdrawn; kept: it is declined, and
    what was held before still is. `mark` tells it apart from what was so before.
    """

    kind: str
    meeting: Meeting
    reservation: Reservation | None
    mark: str
    refusal: Refusal | None = None
    date: Meeting | None = None
    """of a series as a whole, the date that the refusal is about"""
    together: Refusal | None = None
    """and why the others are refused as well"""

    @property
    def partstat(self) -> Partstat:
        if self.kind == "granted":
            return "ACCEPTED"
        return "TENTATIVE" if self.kind in {"approval", "option", "offer", "waitlisted"} else "DECLINED"


@dataclass(frozen=True)
class Standing:
    """All reservations of one entry; nobody else answers it meanwhile."""

    db: Db
    entry: ExternalEntry
    asked: Asked
    now: datetime

    @cached_property
    def reservations(self) -> Mapping[int, Reservation]:
        """Whatever was ever asked for in its name, by id."""
        found = select(Reservation).where(Reservation.entry_id == self.entry.id).order_by(Reservation.id)
        return {reservation.id: reservation for reservation in self.db.scalars(found)}

    @property
    def is_undecided(self) -> bool:
        """Whether something of it is just being decided: then there is nothing to say yet."""
        return any(r.state is State.REQUESTED or r.is_moving for r in self.reservations.values())

    @cached_property
    def series(self) -> SeriesNow | None:
        if self.entry.series_id is None:
            return None
        return SeriesNow.read(self.db, self.db.get_one(Series, self.entry.series_id))

    @cached_property
    def dates(self) -> Mapping[str, Reservation]:
        """The dates of the series by name, what is alive or else the last that was."""
        return {name_of(r.recurs_at): r for r in (self.series.dates if self.series else ()) if r.recurs_at}

    @cached_property
    def rooms(self) -> Mapping[str, Resource]:
        """Those of the site that are asked for, by slug."""
        found = select(Resource).where(Resource.site_id == self.entry.site_id, Resource.slug.in_(self.asked.rooms))
        return {resource.slug: resource for resource in self.db.scalars(found)}

    @cached_property
    def room_ids(self) -> frozenset[int]:
        """Of all things that can be booked at the site, the rooms."""
        rooms = select(Resource.id).where(Resource.site_id == self.entry.site_id, Resource.kind == "room")
        return frozenset(self.db.scalars(rooms))

    def stands(self) -> dict[str, Stand]:
        """By name, the whole being '': of a series each date to come, and no whole unless that itself was refused."""
        whole, found = self.asked.whole, dict[str, Stand]()
        if whole is not None and whole.is_asked and (self.series is None or whole.refusal):
            found[""] = self._stand(whole, self._first())
        elif whole is not None and whole.is_asked:
            for name in self._by_rule(whole):
                found[name] = self._stand(on_date(whole, name), self.dates[name])
        for name, meeting in self.asked.dates.items():
            its = self.dates.get(name) or self.reservations.get(meeting.reservation or 0)
            # with the whole that was refused came dates that were asked for with it
            is_refused_with_it = whole is not None and whole.refusal is not None and meeting.version <= whole.version
            if meeting.is_asked and not is_refused_with_it and (its is not None or meeting.refusal):
                found[name] = self._stand(meeting, its)
        return found

    def _by_rule(self, whole: Meeting) -> list[str]:
        """The dates to come that the rule has and that are as it says; what it has no more was given back for that."""
        zone, skipped = ZoneInfo(whole.zone), frozenset(self.asked.skipped)
        names = [name for name in self.dates if name not in self.asked.dates and moment_of(name) > self.now]
        days = {name: moment_of(name).astimezone(zone).date() for name in names}
        last = max(days.values(), default=date.min)
        of_rule = set(takewhile(lambda day: day <= last, days_of(self.asked))) - skipped
        return [name for name in names if days[name] in of_rule]

    def _first(self) -> Reservation | None:
        """The single one; of a series that was refused as a whole, one of what is still held of it."""
        if self.series is None:
            return self.reservations.get(self.entry.reservation_id or 0)
        return next((r for r in self.dates.values() if r.state in HOLDING and r.starts_at > self.now), None)

    def _stand(self, meeting: Meeting, reservation: Reservation | None) -> Stand:
        """The mark of a decision is its moment, for the next one may have the same reason."""
        if meeting.refusal is not None:
            refusal = Refusal.from_json(meeting.refusal)
            is_kept = reservation is not None and reservation.state in HOLDING
            return Stand("kept" if is_kept else "refused", meeting, reservation, refusal.code, refusal)
        if reservation is None:
            return Stand("withdrawn", meeting, None, "withdrawn")
        at = _written(reservation.decided_at)
        if reservation.state in HOLDING:
            if not self._is_as_asked(meeting, reservation):
                return Stand("kept", meeting, reservation, f"kept {at}", reservation.refused)
            kind = reservation.hold.value if reservation.hold else "granted"
            return Stand(kind, meeting, reservation, kind)
        if reservation.state is State.REFUSED:
            is_declined = reservation.refused is not None and reservation.refused.code == "declined"
            return Stand(
                "declined" if is_declined else "refused", meeting, reservation, f"refused {at}", reservation.refused
            )
        kind = {State.WAITLISTED: "waitlisted", State.EXPIRED: "expired"}.get(reservation.state, "withdrawn")
        return Stand(kind, meeting, reservation, kind)

    def _is_as_asked(self, meeting: Meeting, reservation: Reservation) -> bool:
        """Whether it has these rooms and that time; equipment may have been added in Créneau."""
        rooms = with_parts(self.rooms[slug] for slug in meeting.rooms if slug in self.rooms)
        held = [id_ for id_ in reservation.resource_ids if id_ in self.room_ids]
        return (reservation.slot, sorted(held)) == (meeting.slot, rooms)


def whole_of(stands: Mapping[str, Stand], room: str, before: str | None) -> Partstat | None:
    """What a room says to a series as a whole: what it said before while any date still is that, else the best."""
    said = {stand.partstat for name, stand in stands.items() if name and room in stand.meeting.rooms}
    if before in said:
        return next(partstat for partstat in PARTSTATS if partstat == before)
    return next((partstat for partstat in PARTSTATS if partstat in said), None)


def _written(moment: datetime | None) -> str:
    return moment.isoformat() if moment else ""
