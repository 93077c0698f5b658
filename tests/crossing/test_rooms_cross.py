"""Invitations to rooms and their answers that cross on a slow post: in the end the calendar says what the book does.

`HYPOTHESIS_PROFILE=long` (make fuzz) searches anew each time and for long, as in tests/state.
"""

import os
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from shared.domain.errors import CreneauError
from shared.domain.slots import Slot
from shared.store.base import engine
from tests.crossing.organizer import Entry, Name, Organizer
from tests.crossing.slow_post import Letter, SlowPost
from tests.house import furnished

IS_LONG = os.environ.get("HYPOTHESIS_PROFILE") == "long"
SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
PROFILE = settings(
    derandomize=not IS_LONG,
    database=None,
    max_examples=2000 if IS_LONG else 20,
    stateful_step_count=60 if IS_LONG else 25,
    deadline=None,
    suppress_health_check=SLOW,
)
ONE, SERIES = "conseil@example.org", "club@example.org"
HALL = {"flexi-16": {"who_may_book": ["coordinators"], "who_may_request": ["everybody"]}}
HELD = """
SELECT r.id, r.state, r.starts_at, r.ends_at, array_agg(room.slug ORDER BY room.slug) AS rooms FROM reservation AS r
JOIN external_entry AS e ON e.id = r.entry_id JOIN resource AS room ON room.id = ANY(r.resource_ids)
WHERE e.uid = :uid AND r.state IN ('confirmed', 'tentative') GROUP BY r.id ORDER BY r.id
"""
PARTSTATS = {"confirmed": "ACCEPTED", "tentative": "TENTATIVE"}
TUESDAY = datetime(2027, 11, 9, tzinfo=UTC)
ROOMS = (("flexi-16",), ("flexi-36",), ("flexi-16", "flexi-36"))

numbers = st.integers(0, 60)
picks = st.lists(numbers, min_size=1, max_size=5)


def hours(n: int) -> tuple[datetime, datetime]:
    """Few of them, so that wishes meet: on a Tuesday or Wednesday morning."""
    start = TUESDAY + timedelta(days=n // 4 % 2, hours=8 + n % 4)
    return start, start + timedelta(hours=1 + n % 2)


def _move_date(calendar: Organizer, entry: Entry, n: int) -> None:
    if names := [name for name in entry.live() if name is not None]:
        name = names[n % len(names)]
        start, end = entry.when(name)
        later = timedelta(hours=n % 3 - 1)
        calendar.move_date(entry.uid, name, start + later, end + later)


def _cancel_date(calendar: Organizer, entry: Entry, n: int) -> None:
    if len(names := [name for name in entry.live() if name is not None]) > 1:
        calendar.cancel_date(entry.uid, names[n % len(names)])


def _move(calendar: Organizer, entry: Entry, n: int) -> None:
    start, end = hours(n)
    calendar.change(entry.uid, start=start, end=end)


ACTS: dict[str, Callable[[Organizer, Entry, int], None]] = {
    "moves": _move,
    "has other rooms": lambda calendar, entry, n: calendar.have(entry.uid, ROOMS[n % len(ROOMS)]),
    "has another title": lambda calendar, entry, n: calendar.rename(entry.uid, f"Conseil {n}"),
    "is cancelled": lambda calendar, entry, n: calendar.cancel(entry.uid) if n % 3 == 0 else None,
    "a date moves": _move_date,
    "a date is cancelled": _cancel_date,
    "has fewer or more dates": lambda calendar, entry, n: calendar.change(
        entry.uid, start=entry.whole.start, end=entry.whole.end, weeks=2 + n % 3 if entry.weeks else None
    ),
}


class Rooms(RuleBasedStateMachine):
    """Anne's calendar with a meeting and a series, Basile who books too, Claire who decides, and the post."""

    @initialize(
        on_request=st.sampled_from((False, False, True)),
        skips=st.booleans(),
        rooms=st.sampled_from(ROOMS),
        n=numbers,
        is_there=st.booleans(),
    )
    def begin(self, rooms: tuple[str, ...], n: int, *, on_request: bool, skips: bool, is_there: bool) -> None:
        self.house = furnished()
        self.house.now = TUESDAY - timedelta(days=20)
        if skips:
            self.house.rule("site", series={"conflicts_by_mail": "skip"})
        for slug, knobs in HALL.items() if on_request else ():
            self.house.rule("room", slug, **knobs)
        to_us: list[Letter] = []
        self.calendar = Organizer(self.house, to_us)
        self.post = SlowPost(self.house, self.calendar.take, to_us=to_us)
        self.booked: list[int] = []
        self.anne_invites(ONE, rooms, n)
        self.anne_invites(SERIES, ("flexi-16",), n + 1)
        while is_there and self.post.to_us:
            self.post.come_in(0)
        self.house.decide()

    @rule(uid=st.sampled_from((ONE, SERIES)), rooms=st.sampled_from(ROOMS), n=numbers)
    def anne_invites(self, uid: str, rooms: tuple[str, ...], n: int) -> None:
        known = self.calendar.entries.get(uid)
        if known is None or known.whole.is_cancelled:
            self.calendar.invite(uid, rooms, *hours(n), weeks=2 + n % 3 if uid == SERIES else None)

    @rule(changes=st.lists(st.tuples(st.sampled_from(sorted(ACTS)), numbers), min_size=1, max_size=3))
    def anne_changes_it(self, changes: list[tuple[str, int]]) -> None:
        for act, n in changes:
            live = [entry for entry in self.calendar.entries.values() if not entry.whole.is_cancelled]
            if live:
                ACTS[act](self.calendar, live[n % len(live)], n)

    @rule(n=numbers, room=st.sampled_from(("flexi-16", "flexi-36")), week=st.integers(0, 3))
    def basile_books(self, n: int, room: str, week: int) -> None:
        start, end = (moment + timedelta(weeks=week) for moment in hours(n))
        with suppress(CreneauError):
            self.booked.append(self.house.ask(room, who="basile", at=Slot(start, end)))
        self.house.decide()

    @rule(n=numbers)
    def basile_gives_back(self, n: int) -> None:
        if self.booked:
            with suppress(CreneauError):
                self.house.cancel(self.booked.pop(n % len(self.booked)), who="basile")

    @rule(n=numbers, is_yes=st.booleans())
    def claire_decides(self, n: int, *, is_yes: bool) -> None:
        waiting = [row for uid in (ONE, SERIES) for row in self._held(uid) if row.state == "tentative"]
        if waiting:
            (self.house.approve if is_yes else self.house.decline)(waiting[n % len(waiting)].id)

    @rule(n=numbers)
    def claire_takes_it_back(self, n: int) -> None:
        held = [row for uid in (ONE, SERIES) for row in self._held(uid)]
        if held and n % 3 == 0:
            self.house.cancel(held[n % len(held)].id, who="claire")

    @rule(
        to_us=picks,
        to_them=picks,
        again=st.sampled_from((False, False, True)),
        fates=st.lists(st.sampled_from(("sent", "lost", "unsure")), max_size=4),
        seconds=st.sampled_from((0, 1, 5, 700)),
        is_decided=st.booleans(),
    )
    def the_post_brings(
        self, to_us: list[int], to_them: list[int], *, again: bool, fates: list[Any], seconds: int, is_decided: bool
    ) -> None:
        for n in to_us:
            self.post.come_in(n, again=again)
        if is_decided:
            self.house.decide()
        self.house.announce()
        self.post.collect(fates)
        for n in to_them:
            self.post.arrive(n, again=again)
        self.house.passes(seconds=seconds)

    def teardown(self) -> None:
        """The post delivers everything, and everything is decided."""
        if not hasattr(self, "post"):
            return
        while True:
            self.house.passes(hours=1)
            while self.post.to_us:
                self.post.come_in(0)
            self.house.decide()
            self.house.announce()
            self.post.collect([])
            if not self.post.to_them:
                break
            while self.post.to_them:
                self.post.arrive(0)
        for entry in self.calendar.entries.values():
            self._is_as_in_the_book(entry)

    def _is_as_in_the_book(self, entry: Entry) -> None:
        """Each room says of each date what the book does; what is cancelled, nobody holds.

        All or nothing: where a change was refused as a whole, what is held from before is declined with the rest of
        it, also a date that would have stayed where it was.
        """
        held = self._held(entry.uid)
        by_book = {name: self._by_book(held, entry, name) for name in entry.live()}
        for name, stands in by_book.items():
            for room in entry.rooms:
                said = entry.answer(name, room)
                is_refused_whole = said == "DECLINED" in by_book.values()
                assert said == stands or is_refused_whole, (entry, name, room, held)
        if not by_book:
            assert held == []

    def _by_book(self, held: list[Any], entry: Entry, name: Name) -> str:
        """All rooms at that time; what is held of it from before, because the last change was refused, is not that."""
        wanted = *entry.when(name), sorted(entry.rooms)
        found = [row.state for row in held if (row.starts_at, row.ends_at, row.rooms) == wanted]
        return PARTSTATS[found[0]] if found else "DECLINED"

    def _held(self, uid: str) -> list[Any]:
        return self.house.rows(HELD, uid=uid)


@pytest.mark.timeout(0 if IS_LONG else 600)  # a failing history takes minutes to be made short
def test_whatever_crosses_rooms_answer_as_the_book_says(database_url: str) -> None:
    assert database_url
    engine.cache_clear()
    run_state_machine_as_test(Rooms, settings=PROFILE)
    engine().dispose()
