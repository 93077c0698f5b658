"""The house and the model side by side: whatever is done, is done to both, and then they are compared."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from shared import booking, holds, recurring
from shared.domain.errors import RefusedError
from shared.domain.recurrence import Recurrence
from shared.domain.slots import Slot, instant
from tests.house import House
from tests.state.laws import TABLETS, Laws
from tests.state.model import COORDINATOR, HOLDING, Entry, Model
from tests.state.taken import Wish

PARIS = "Europe/Paris"
DATES = "SELECT id, state, recurs_at, wanted_starts_at FROM reservation WHERE series_id = :id ORDER BY recurs_at, id"
SERIES = "SELECT series_id FROM reservation WHERE id = :id"
RESERVATIONS = """
SELECT *, (SELECT (data->>'place')::int FROM event WHERE reservation_id = r.id AND type = 'ReservationWaitlisted')
          AS place_in_line
FROM reservation AS r ORDER BY id
"""
OCCUPANCIES = """
SELECT reservation_id, resource_id, unit, lower(during) AS "from", upper(during) AS "to" FROM occupancy
"""
TIMERS = "SELECT reservation_id, due_at FROM timer WHERE kind = 'expire'"


class Both:
    """Verbs take ids of reservations; the model hears of what the house was asked for, never of what it decided."""

    def __init__(self, house: House, laws: Laws) -> None:
        laws.lay_down(house)
        self.house, self.model = house, Model(laws, house.now)
        self._slugs = {id_: slug for slug, id_ in house.rooms.items()}

    def ask(self, who: str, wish: Wish, *, hours: int | None = None, **more: Any) -> int:
        """`hours`: as an option for so long."""
        entry = Entry(who, wish, option_until=self.house.now + timedelta(hours=hours) if hours else None, **more)
        id_ = self.house.ask(
            *sorted(wish.rooms),
            who=who,
            at=wish.slot,
            on_conflict=entry.if_taken,
            option_until=entry.option_until,
            override="fête de l'école" if entry.override else "",
            **_more(wish),
        )
        self.model.request({id_: entry})
        return id_

    def ask_for_series(self, who: str, wish: Wish, *, count: int, if_taken: str) -> None:
        """Day after day at the same hour."""
        resources = tuple(sorted(wish.rooms))
        first = booking.Wish(
            by=self.house.actors[who], title="Club", slot=wish.slot, resources=resources, **_more(wish)
        )
        start = wish.slot.start.astimezone(ZoneInfo(PARIS)).replace(tzinfo=None)
        rule = Recurrence("DAILY", count=count)
        asked = recurring.SeriesWish(first, rule, start, wish.slot.length, PARIS, on_conflict=if_taken)
        with self.house.book() as db:
            series_id = recurring.request_series(db, asked, now=self.house.now).id
        dates = [replace(wish, slot=wish.slot.starting(wish.slot.start + timedelta(days=n))) for n in range(count)]
        ids = [row.id for row in self.house.rows(DATES, id=series_id)]
        self.model.request(
            {id_: Entry(who, date, if_taken, is_of_series=True) for id_, date in zip(ids, dates, strict=True)}
        )

    def move(self, id_: int, wish: Wish, mover: str) -> None:
        self.house.move(id_, wish.slot, *sorted(wish.rooms), who=mover)
        self.model.move(id_, wish, mover)

    def move_series(self, id_: int, to: time, hours: int, days: int, *, is_whole: bool) -> None:
        """The series of a date, all of it or from that date on: to that time of the wall clock, so many days later."""
        dates = self._dates_of_series(id_)
        since = None if is_whole else next(row.recurs_at for row in dates if row.id == id_)
        moving = [row for row in dates if row.state in HOLDING and (since is None or row.recurs_at >= since)]
        length, who = timedelta(hours=hours), self.model.entries[id_].who
        wanted = recurring.SeriesChange(since=since.date() if since else None, start=to, length=length, days_later=days)
        [series] = self.house.rows(SERIES, id=id_)
        with self.house.book() as db:
            recurring.change_series(db, series.series_id, wanted, by=self.house.actors[who], now=self.house.now)
        slots = {row.id: _on_the_wall(row.recurs_at + timedelta(days=days), to, length) for row in moving}
        wishes = {id_: replace(self.model.entries[id_].wish, slot=slot) for id_, slot in slots.items()}
        self.model.move_together(wishes, who)

    def may_move_series(self, id_: int) -> bool:
        """Whether all its dates that live are held, and none of them moves."""
        alive = [row for row in self._dates_of_series(id_) if row.state in {*HOLDING, "requested", "waitlisted"}]
        return all(row.state in HOLDING and row.wanted_starts_at is None for row in alive)

    def cancel(self, id_: int) -> None:
        self.house.cancel(id_, who=self.model.entries[id_].who)
        self.model.cancel(id_)

    def cancel_series_from(self, id_: int) -> None:
        """That date and all later ones."""
        dates, [series] = self._dates_of_series(id_), self.house.rows(SERIES, id=id_)
        first = next(row for row in dates if row.id == id_)
        with self.house.book() as db:
            by, now = self.house.actors[self.model.entries[id_].who], self.house.now
            recurring.cancel_series(db, series.series_id, since=first.recurs_at.date(), reason="", by=by, now=now)
        later = [row.id for row in dates if row.recurs_at >= first.recurs_at]
        alive = set(self.model.with_state(*HOLDING, "requested", "waitlisted"))
        self.model.cancel(*(i for i in later if i in alive and self.model.entries[i].wish.slot.start > self.house.now))

    def change_people(self, id_: int, people: int) -> None:
        is_possible = self.model.change_people(id_, people)
        try:
            self.house.change(id_, who=self.model.entries[id_].who, people=people)
        except RefusedError:
            assert not is_possible
        else:
            assert is_possible

    def approve(self, id_: int) -> None:
        with self.house.book() as db:
            holds.approve(db, id_, reason="", by=self.house.actors[COORDINATOR], now=self.house.now)
        self.model.approve(id_)

    def decline(self, id_: int) -> None:
        with self.house.book() as db:
            holds.decline(db, id_, reason="", by=self.house.actors[COORDINATOR], now=self.house.now)
        self.model.decline(id_)

    def confirm(self, id_: int) -> None:
        with self.house.book() as db:
            holds.confirm(db, id_, by=self.house.actors[self.model.entries[id_].who], now=self.house.now)
        self.model.confirm(id_)

    def pass_time(self, hours: float) -> None:
        self.house.passes(hours=hours)
        self.model.now = self.house.now

    def run_timers(self) -> None:
        with self.house.book() as db:
            while holds.run_due(db, now=self.house.now):
                pass
        self.model.run_timers()

    def decide_once(self, batch: int) -> bool:
        """One batch, in which the model decides the same in the same order; whether there was anything to decide."""
        decided = self.house.decide_once(batch)
        changed = self.model.decide(decided)
        assert changed == [id_ for id_ in decided if id_ in changed]
        return bool(decided)

    def decide_all(self, batch: int) -> None:
        """Until nothing is to be decided; all that the model still looks at then waits on."""
        while self.decide_once(batch):
            pass
        assert self.model.decide_all() == []

    def differences(self) -> list[str]:
        """In every reservation, in the queue and the waiting list, in what is taken and in the timers."""
        rows, entries = self.house.rows(RESERVATIONS), self.model.entries
        queued = sorted((row.turn, row.id) for row in rows if row.turn is not None and row.state != "waitlisted")
        line = sorted((row.waitlist_turn, row.id) for row in rows if row.state == "waitlisted")
        taken = {
            (r.reservation_id, self._slugs[r.resource_id], r.unit, r[3], r[4]) for r in self.house.rows(OCCUPANCIES)
        }
        timers = {row.reservation_id: row.due_at for row in self.house.rows(TIMERS)}
        return [
            *_different("reservation", {row.id: self._as_entry(row) for row in rows}, self._entries()),
            *_different("queue", [id_ for _, id_ in queued], [i for i in self.model.queue if i not in self.model.line]),
            *_different("line", [id_ for _, id_ in line], self.model.line),
            *_different(
                "taken", taken, {(i, s.what, s.unit, s.start, s.end) for i, e in entries.items() for s in e.taken}
            ),
            *_different("timers", timers, self.model.timers()),
        ]

    def _entries(self) -> dict[int, tuple[object, ...]]:
        return {
            id_: (e.state, e.hold, e.until, e.wish, e.wanted, e.place_in_line if e.state == "waitlisted" else 0)
            for id_, e in self.model.entries.items()
        }

    def _as_entry(self, row: Any) -> tuple[object, ...]:
        wish, wanted = self._wish(row), self._wish(row, "wanted_") if row.wanted_starts_at else None
        place = row.place_in_line if row.state == "waitlisted" else 0
        return row.state, row.hold or "", row.hold_until, wish, wanted, place

    def _wish(self, row: Any, prefix: str = "") -> Wish:
        values = row._mapping
        rooms = frozenset(self._slugs[id_] for id_ in values[f"{prefix}resource_ids"]) - {TABLETS}
        at = Slot(values[f"{prefix}starts_at"], values[f"{prefix}ends_at"])
        tablets = row.quantities.get(TABLETS, 0)
        return Wish(at, rooms, values[f"{prefix}people"], row.layout, tablets)

    def _dates_of_series(self, id_: int) -> Sequence[Any]:
        [series] = self.house.rows(SERIES, id=id_)
        return self.house.rows(DATES, id=series.series_id)


def _different(what: str, house: Any, model: Any) -> list[str]:
    if isinstance(house, dict):
        return [
            f"{what} {k}: {house.get(k)}, not {model.get(k)}" for k in house | model if house.get(k) != model.get(k)
        ]
    if isinstance(house, set):
        return [f"{what}: {house - model}, not {model - house}"] if house != model else []
    return [f"{what}: {house}, not {model}"] if house != model else []


def _on_the_wall(day: datetime, at: time, length: timedelta) -> Slot:
    start = instant(datetime.combine(day.date(), at), PARIS)
    return Slot(start, start + length)


def _more(wish: Wish) -> dict[str, Any]:
    return {
        "people": wish.people,
        "layout": wish.layout,
        "quantities": {TABLETS: wish.tablets} if wish.tablets else {},
    }
