"""Whatever happens to a series, the calendar of whoever is on its list holds exactly our rows after each mail."""

import os
from collections import defaultdict
from collections.abc import Callable
from contextlib import suppress
from datetime import date, datetime, time, timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared import programme, recurring
from shared.domain.errors import CreneauError
from shared.domain.slots import Slot
from shared.store.reservations import Reservation
from tests.house import House, furnished, slot
from tests.invitations.calendar_of_somebody import Found, SomebodysCalendar
from tests.post_office import PostOffice
from tests.second_opinion import Expand

BASILE, ZOE, YANN = "basile@example.org", "zoe@college.example", "yann@college.example"
RULES = (
    "FREQ=WEEKLY;COUNT=6",
    "FREQ=DAILY;COUNT=5",
    "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,TH;COUNT=6",
    "FREQ=MONTHLY;BYDAY=2TU;COUNT=4",
)
LIVE = """
SELECT r.starts_at, r.ends_at, r.title, string_agg(room.name, ', ' ORDER BY room.id) AS rooms
FROM reservation AS r JOIN series AS s ON s.id = r.series_id
JOIN attendee AS a ON a.reservation_id = s.head_id AND a.removed_at IS NULL AND a.address = :address
JOIN resource AS room ON room.id = ANY(r.resource_ids)
WHERE r.state = 'confirmed' GROUP BY r.id
"""


HELD = "SELECT id FROM reservation WHERE state = 'confirmed' AND series_id IS NOT NULL ORDER BY recurs_at"

GONE = """
SELECT series_id, recurs_at FROM reservation
WHERE state IN ('cancelled', 'refused') AND series_id IS NOT NULL ORDER BY id
"""


class World:
    """Anne's series from a Tuesday on, what becomes of it, and everybody's calendar; Basile was there before her."""

    def __init__(self, rule: str, on_conflict: str, taken: set[int]) -> None:
        self.house = furnished()
        for day in sorted(taken):
            self.house.confirmed("flexi-16", who="basile", at=slot(7, 8, day=day - 27))
        self.post = PostOffice(self.house)
        self.calendars: defaultdict[str, SomebodysCalendar] = defaultdict(SomebodysCalendar)
        start = datetime(2027, 10, 12, 9)  # noqa: DTZ001  for some weeks across the clock change
        self.house.series(rule, guests=[ZOE], start=start, on_conflict=on_conflict)
        self.house.decide()

    def series(self, n: int) -> int:
        rows = self.house.rows("SELECT id FROM series WHERE head_id IS NOT NULL ORDER BY id")
        return int(rows[n % len(rows)].id)

    def any_date(self, n: int) -> Reservation:
        rows = self.house.rows(HELD)
        if not rows:
            raise CreneauError("nothing is left")
        return self.house.reservation(rows[n % len(rows)].id)

    def day(self, n: int) -> date:
        """The day of some date that is held."""
        recurs_at = self.any_date(n).recurs_at
        assert recurs_at
        return recurs_at.date()

    def change(self, n: int, **what: Any) -> None:
        with self.house.book() as db:
            wanted = recurring.SeriesChange(**what)
            by, now = self.house.actors["anne"], self.house.now
            recurring.change_series(db, self.series(n), wanted, by=by, now=now)

    def cancel_series(self, n: int, since: date | None) -> None:
        with self.house.book() as db:
            by, now = self.house.actors["anne"], self.house.now
            recurring.cancel_series(db, self.series(n), since=since, reason="", by=by, now=now)

    def bring_back(self, n: int) -> None:
        """Some date that is not held any more."""
        rows = self.house.rows(GONE)
        if not rows:
            raise CreneauError("nothing is gone")
        gone = rows[n % len(rows)]
        with self.house.book() as db:
            by, now = self.house.actors["anne"], self.house.now
            recurring.bring_back(db, gone.series_id, gone.recurs_at.date(), by=by, now=now)

    def announce(self, expand: Expand) -> None:
        """All mails arrive, each one twice; then every calendar is as the book."""
        for mail in self.post.announce_all():
            is_of_series = mail.method in {"REQUEST", "CANCEL"} and mail.recipient != BASILE
            for _ in range(2 if is_of_series else 0):
                self.calendars[mail.recipient].take(mail)
        for address, calendar in self.calendars.items():
            assert calendar.found_by(expand) == (self.live(address), self.live(address))

    def live(self, address: str) -> list[Found]:
        place = "{}, 37 rue du Temple, Porte 3, 62012 Arras CEDEX"
        rows = self.house.rows(LIVE, address=address)
        return sorted((row.starts_at, row.ends_at, row.title, place.format(row.rooms)) for row in rows)


def _move(world: World, n: int) -> None:
    moved = world.any_date(n)
    world.house.move(moved.id, moved.slot.starting(moved.starts_at + timedelta(minutes=30 * (n % 7 - 3))))


def _shorten(world: World, n: int) -> None:
    shortened = world.any_date(n)
    world.house.move(shortened.id, Slot(shortened.starts_at, shortened.starts_at + timedelta(minutes=45)))


def _give_back(world: World, n: int) -> None:
    rows = world.house.rows(
        "SELECT r.id FROM reservation AS r JOIN person AS p ON p.id = r.requested_by"
        " WHERE p.name = 'Basile' AND r.state = 'confirmed' ORDER BY r.id"
    )
    if rows:
        world.house.cancel(rows[n % len(rows)].id, who="basile")


STEPS: dict[str, Callable[[World, int], None]] = {
    "a date moves": _move,
    "a date is shortened": _shorten,
    "a date goes to another room": lambda world, n: world.house.move(
        world.any_date(n).id, world.any_date(n).slot, ("flexi-36", "flexi-19")[n % 2]
    ),
    "a date has another title": lambda world, n: world.house.change(world.any_date(n).id, title=f"Club n° {n}"),
    "a date is cancelled": lambda world, n: world.house.cancel(world.any_date(n).id),
    "another date is cancelled": lambda world, n: world.house.cancel(world.any_date(n).id),
    "another date comes back": lambda world, n: world.bring_back(n),
    "a date comes back": lambda world, n: world.bring_back(n),
    "all get another title": lambda world, n: world.change(n, words={"title": f"Club, {n}e saison"}),
    "all get another hour": lambda world, n: world.change(n, start=time(8 + n % 5)),
    "all get another room": lambda world, n: world.change(n, resources=(("flexi-36", "flexi-16")[n % 2],)),
    "later ones get another hour": lambda world, n: world.change(n, since=world.day(n), start=time(14 + n % 3)),
    "later ones get another room": lambda world, n: world.change(n, since=world.day(n), resources=("flexi-19",)),
    "later ones some days later": lambda world, n: world.change(
        n, since=world.day(n), days_later=(1, 2, 5, 7, -1)[n % 5]
    ),
    "later ones are cancelled": lambda world, n: world.cancel_series(n, world.day(n + 30)),
    "all are cancelled": lambda world, n: world.cancel_series(n, None) if n % 3 == 0 else None,
    "somebody else gives a room back": _give_back,
    "somebody is invited": lambda world, n: world.post.invite(world.any_date(n).id, (ZOE, YANN)[n % 2]),
    "somebody is taken off": lambda world, n: _take_off(world, (ZOE, YANN)[n % 2]),
}


def _take_off(world: World, address: str) -> None:
    rows = world.house.rows(
        "SELECT a.id, r.id AS reservation FROM attendee AS a JOIN series AS s ON s.head_id = a.reservation_id"
        " JOIN reservation AS r ON r.series_id = s.id AND r.state = 'confirmed'"
        " WHERE a.address = :address AND a.removed_at IS NULL LIMIT 1",
        address=address,
    )
    for row in rows:
        with world.house.book() as db:
            by, now = world.house.actors["anne"], world.house.now
            programme.take_off(db, row.reservation, row.id, by=by, now=now)


# as in tests/state: the same histories each time, unless somebody searches for long
IS_LONG = os.environ.get("HYPOTHESIS_PROFILE") == "long"


@settings(
    derandomize=not IS_LONG,
    database=None,
    deadline=None,
    max_examples=1000 if IS_LONG else 30,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(
    rule=st.sampled_from(RULES),
    on_conflict=st.sampled_from(["wait", "propose", "skip"]),
    taken=st.sets(st.sampled_from([0, 1, 2, 7, 14, 28]), max_size=3),
    steps=st.lists(st.tuples(st.sampled_from(sorted(STEPS)), st.integers(0, 60), st.booleans()), max_size=14),
)
def test_after_every_mail_each_calendar_holds_what_the_book_does(
    house: House,
    ical_js_expands: Expand,
    rule: str,
    on_conflict: str,
    taken: set[int],
    steps: list[tuple[str, int, bool]],
) -> None:
    assert house  # whose fixture puts the database away; each history has a house of its own
    world = World(rule, on_conflict, taken)
    for step, n, is_announced in steps:
        with suppress(CreneauError):  # what cannot be done is not done
            STEPS[step](world, n)
        world.house.decide()
        if is_announced:
            world.announce(ical_js_expands)
    world.announce(ical_js_expands)
