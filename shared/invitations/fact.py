"""Facts about reservations that are told beside the calendar, and the lines that note that they were told."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from shared.domain.states import HOLDING, State
from shared.domain.verdicts import DECLINED
from shared.store.reservations import Reservation

Held = Mapping[int, str]
"""reservation → what it was held for (or waitlisted) when its owner was told last"""


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact; it is another one when any of the details is another.

    kind: approval, option, offer, waitlisted, expired (of what), declined, refused, unmoved, withdrawn (from what).
    """

    reservation: Reservation
    kind: str
    details: str = ""

    @property
    def line(self) -> str:
        return f"{self.reservation.id} {self.kind} {self.details}"

    @property
    def is_no(self) -> bool:
        """Whether it is an answer that was given at a moment, whatever the entry became since."""
        return self.kind in {"declined", "refused", "unmoved"}


def facts_of(reservation: Reservation, held: Held) -> Iterator[Fact]:
    """What its owner is to know now; nothing that the calendar says."""
    state = reservation.state
    if state is State.TENTATIVE and reservation.hold and reservation.hold_until:
        rooms = ",".join(map(str, reservation.resource_ids))
        times = (reservation.hold_until, reservation.starts_at, reservation.ends_at)
        yield Fact(reservation, reservation.hold.value, " ".join([*map(named, times), rooms]))
    if state is State.WAITLISTED:
        yield Fact(reservation, "waitlisted")
    if state is State.EXPIRED:
        yield Fact(reservation, "expired", held.get(reservation.id, ""))
    if reservation.refusal and reservation.decided_at and state in HOLDING | {State.REFUSED}:
        is_declined = reservation.refusal["code"] == DECLINED
        kind = "unmoved" if state in HOLDING else "declined" if is_declined else "refused"
        yield Fact(reservation, kind, reservation.decided_at.isoformat())
    if state is State.CANCELLED and reservation.id in held:
        yield Fact(reservation, "withdrawn", held[reservation.id])


def held_of(lines: Iterable[str]) -> Held:
    """What was held or in line by the lines that note it."""
    parts = [line.split(" ") for line in lines]
    first = {int(id_): kind for id_, kind, *_ in parts if kind in {"approval", "option", "offer", "waitlisted"}}
    ended = {int(id_): of for id_, kind, of, *_ in parts if kind in {"expired", "withdrawn"}}
    return first | ended


def named(moment: datetime) -> str:
    """An instant as calendars name it, such as an occurrence by its original start (RFC 5545 section 3.3.5)."""
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"
