"""Why a line is refused, in words: the rule or the booking in its way, and what is free instead."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from shared.availability import alternatives_to
from shared.domain import words
from shared.domain.refusals import Conflict, Refusal
from shared.domain.slots import Slot
from shared.domain.verdicts import SERIES_REFUSED
from shared.house import House
from shared.importing.entries import Entry
from shared.records.reasons import reason
from shared.records.report import Sentence
from shared.store.base import Db
from shared.store.reservations import Reservation

# looking for what is free takes some milliseconds each
MOST_ALTERNATIVES = 20
MOST_PROPOSED = 2
MOST_DATES = 5
MOST_IN_THE_WAY = 3


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence that is made already, in both languages."""

    code: str
    fr: str
    en: str

    def sentence(self, language: str) -> str:
        return self.en if language == "en" else self.fr


class Explaining:
    """The refusals of one file; conflicts are named by its own lines where they are from it."""

    def __init__(
        self, db: Db, house: House, entries: Sequence[Entry], refused: Mapping[int, Reservation], now: datetime
    ) -> None:
        self._db = db
        self._house = house
        self._now = now
        self._refused = refused
        self._lines = {id_: entry.line.number for entry in entries for id_ in entry.reservations}
        self._titles = self._read_titles()
        self._alternatives_left = MOST_ALTERNATIVES

    def of(self, entry: Entry) -> Iterator[Sentence]:
        """All there is to say about an entry of which something was refused."""
        dates = [self._refused[id_] for id_ in entry.reservations if id_ in self._refused]
        if not entry.booking.repetition:
            yield from self._of_one(dates[0])
            return
        # the others are refused because of these
        own = [date for date in dates if _refusal(date).code != SERIES_REFUSED] or dates[:1]
        for date in own[:MOST_DATES]:
            yield self._on_its_day(date)
            yield from self._in_the_way(_refusal(date).conflicts)
        if len(own) > MOST_DATES:
            yield reason("more_dates", count=len(own) - MOST_DATES)

    def _of_one(self, reservation: Reservation) -> Iterator[Sentence]:
        refusal = _refusal(reservation)
        yield refusal
        yield from self._in_the_way(refusal.conflicts)
        if refusal.advice("fr"):
            yield Said("advice", refusal.advice("fr"), refusal.advice("en"))
        if self._alternatives_left:
            self._alternatives_left -= 1
            yield from self._free_instead(reservation)

    def _on_its_day(self, date: Reservation) -> Said:
        refusal, day = _refusal(date), date.starts_at.astimezone(self._house.zone).date()
        fr, en = (f"{words.day(day, language)}{colon}" for language, colon in (("fr", " : "), ("en", ": ")))
        return Said(refusal.code, fr + refusal.sentence("fr"), en + refusal.sentence("en"))

    def _in_the_way(self, conflicts: Sequence[Conflict]) -> Iterator[Sentence]:
        for id_ in list(dict.fromkeys(conflict.reservation_id for conflict in conflicts))[:MOST_IN_THE_WAY]:
            if id_ in self._lines:
                yield reason("taken_by_line", number=self._lines[id_])
            elif id_ in self._titles:
                yield reason("taken_by", id=id_, title=self._titles[id_])

    def _free_instead(self, reservation: Reservation) -> Iterator[Said]:
        found = alternatives_to(self._db, reservation, now=self._now)[:MOST_PROPOSED]
        if found:
            fr, en = (
                " ; ".join(self._place(a.resource_ids, a.slot, language) for a in found) for language in ("fr", "en")
            )
            yield Said("free_instead", f"Libre à la place : {fr}.", f"Free instead: {en}.".replace(" ; ", "; "))

    def _place(self, resource_ids: Sequence[int], slot: Slot, language: str) -> str:
        parts = {part for id_ in resource_ids for part in self._house.resources[id_].part_ids}
        names = " + ".join(self._house.resources[id_].name for id_ in resource_ids if id_ not in parts)
        start, end = (time.astimezone(self._house.zone) for time in (slot.start, slot.end))
        return f"{names}, {words.slot(start, end, language)}"

    def _read_titles(self) -> dict[int, str]:
        conflicts = [conflict for reservation in self._refused.values() for conflict in _refusal(reservation).conflicts]
        ids = {conflict.reservation_id for conflict in conflicts}.difference(self._lines)
        found = self._db.execute(select(Reservation.id, Reservation.title).where(Reservation.id.in_(ids)))
        return {row.id: row.title for row in found}


def _refusal(reservation: Reservation) -> Refusal:
    return reservation.refused or Refusal("room_taken")
