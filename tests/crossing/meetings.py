"""What a trainer does with a meeting and a series: books, moves, renames, cancels, invites and takes off."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any

from shared import programme, recurring
from shared.domain.errors import CreneauError
from shared.domain.slots import Slot
from shared.store.reservations import Reservation
from tests.house import House, slot
from tests.post_office import PostOffice

PEOPLE = {name: f"{name}@college.example" for name in ("zoe", "yann", "xan")}
HELD = "SELECT id FROM reservation WHERE state = 'confirmed' AND series_id IS NOT NULL ORDER BY recurs_at, id"
GONE = "SELECT recurs_at, series_id FROM reservation WHERE state = 'cancelled' AND series_id IS NOT NULL ORDER BY id"
SERIES = "SELECT id FROM series WHERE head_id IS NOT NULL ORDER BY id"
LISTED = """
SELECT a.id FROM attendee AS a WHERE a.address = :address AND a.removed_at IS NULL
  AND a.reservation_id = :head
"""


class Meetings:
    """Anne's; one alone in flexi-36, and a series in flexi-16, with whom she invites."""

    def __init__(self, house: House, rule: str, *guests: str) -> None:
        self.house, self.post = house, PostOffice(house)
        self.one = house.ask("flexi-36", at=slot(9, 11), title="Réunion", guests=[PEOPLE[guest] for guest in guests])
        start = datetime(2027, 10, 12, 9)  # noqa: DTZ001  on the wall, for some weeks across the clock change
        house.series(rule, guests=[PEOPLE[guest] for guest in guests], start=start)
        house.decide()

    def a_date(self, n: int) -> Reservation:
        rows = self.house.rows(HELD)
        if not rows:
            raise CreneauError("nothing is left")
        return self.house.reservation(rows[n % len(rows)].id)

    def a_series(self, n: int) -> int:
        rows = self.house.rows(SERIES)
        return int(rows[n % len(rows)].id)

    def change(self, n: int, **what: Any) -> None:
        with self.house.book() as db:
            by, now = self.house.actors["anne"], self.house.now
            recurring.change_series(db, self.a_series(n), recurring.SeriesChange(**what), by=by, now=now)

    def cancel_series(self, n: int, since: date | None = None) -> None:
        with self.house.book() as db:
            by, now = self.house.actors["anne"], self.house.now
            recurring.cancel_series(db, self.a_series(n), since=since, reason="", by=by, now=now)

    def bring_back(self, n: int) -> None:
        rows = self.house.rows(GONE)
        if not rows:
            raise CreneauError("nothing is gone")
        gone = rows[n % len(rows)]
        with self.house.book() as db:
            by, now = self.house.actors["anne"], self.house.now
            recurring.bring_back(db, gone.series_id, gone.recurs_at.date(), by=by, now=now)

    def take_off(self, n: int, of: int) -> None:
        address = list(PEOPLE.values())[n % len(PEOPLE)]
        with self.house.book() as db:
            head = db.get_one(Reservation, of).list_id(db)
        for row in self.house.rows(LISTED, address=address, head=head):
            with self.house.book() as db:
                programme.take_off(db, of, row.id, by=self.house.actors["anne"], now=self.house.now)

    def invite(self, n: int, to: int) -> None:
        self.post.invite(to, list(PEOPLE.values())[n % len(PEOPLE)])


def _move(meetings: Meetings, n: int) -> None:
    moved = meetings.a_date(n)
    meetings.house.move(moved.id, moved.slot.starting(moved.starts_at + timedelta(minutes=30 * (n % 7 - 3))))


def _lengthen(meetings: Meetings, n: int) -> None:
    longer = meetings.a_date(n)
    meetings.house.move(longer.id, Slot(longer.starts_at, longer.ends_at + timedelta(minutes=30)))


ACTS: dict[str, Callable[[Meetings, int], None]] = {
    "the meeting moves": lambda m, n: m.house.move(m.one, slot(9 + n % 4, 11 + n % 4)),
    "the meeting goes to another room": lambda m, n: m.house.move(
        m.one, m.house.reservation(m.one).slot, ("flexi-36", "flexi-19")[n % 2]
    ),
    "the meeting has another title": lambda m, n: m.house.change(m.one, title=f"Réunion {n}"),
    "the meeting is cancelled": lambda m, n: m.house.cancel(m.one) if n % 4 == 0 else None,
    "somebody is invited to the meeting": lambda m, n: m.invite(n, m.one),
    "somebody is taken off the meeting": lambda m, n: m.take_off(n, m.one),
    "a date moves": _move,
    "a date is lengthened": _lengthen,
    "a date goes to another room": lambda m, n: m.house.move(
        m.a_date(n).id, m.a_date(n).slot, ("flexi-19", "flexi-16")[n % 2]
    ),
    "a date has another title": lambda m, n: m.house.change(m.a_date(n).id, title=f"Club n° {n}"),
    "a date is cancelled": lambda m, n: m.house.cancel(m.a_date(n).id),
    "a date comes back": lambda m, n: m.bring_back(n),
    "all get another title": lambda m, n: m.change(n, words={"title": f"Club, {n}e saison"}),
    "all get another hour": lambda m, n: m.change(n, start=time(8 + n % 5)),
    "later ones get another hour": lambda m, n: m.change(
        n,
        since=m.a_date(n).recurs_at.date(),
        start=time(14 + n % 3),  # type: ignore[union-attr]
    ),
    "all are cancelled": lambda m, n: m.cancel_series(n) if n % 4 == 0 else None,
    "somebody is invited to the series": lambda m, n: m.invite(n, m.a_date(n).id),
    "somebody is taken off the series": lambda m, n: m.take_off(n, m.a_date(n).id),
}
