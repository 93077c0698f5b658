"""After any history, published at any moments, calendars are what the book gives when it is published from nothing."""

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, time, timedelta
from typing import Any

import recurring_ical_events
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from icalendar import Calendar
from sqlalchemy import text

from shared import programme, recurring
from shared.domain.errors import CreneauError
from shared.store.attendees import Invitee
from tests.calendars.conftest import Press, start_of
from tests.house import furnished, slot

ROOMS = ("flexi-16", "flexi-19")
BASILE, ZOE = "basile@example.org", "zoe@college.example"
# but for the stamp, which counts what was published
SHOWN = """
SELECT c.kind, c.subject_id, e.uid, e.starts_at, e.ends_at,
       regexp_replace(coalesce(m.full_text, e.full_text), :stamp, '', 'g') AS "full",
       regexp_replace(coalesce(m.busy_text, e.busy_text), :stamp, '', 'g') AS busy
FROM calendar_member AS m JOIN calendar AS c ON c.id = m.calendar_id JOIN calendar_entry AS e ON e.id = m.entry_id
WHERE m.removed_at IS NULL AND e.cancelled_at IS NULL ORDER BY 1, 2, 3
"""
STAMP = "(SEQUENCE|DTSTAMP|LAST-MODIFIED):[0-9TZ]+"
NUMBERS = "SELECT calendar_id, change FROM calendar_member"
HELD = "SELECT * FROM reservation WHERE state IN ('confirmed', 'tentative') ORDER BY id"
FROM_NOTHING = (
    "TRUNCATE calendar_member, calendar_entry CASCADE",
    "UPDATE reservation SET unpublished_since = clock_timestamp() WHERE state IN ('confirmed', 'tentative')",
)

Step = Callable[[Press, int], None]


def _book(press: Press, n: int) -> None:
    who = ("anne", "basile")[n % 2]
    guests = ((), (BASILE,), (BASILE, ZOE))[n % 3]
    press.house.ask(ROOMS[n % 2], who=who, at=slot(8 + n % 5, 9 + n % 5, day=n % 7), guests=guests, on_conflict="wait")
    press.house.decide()


def _book_series(press: Press, n: int) -> None:
    rule = ("FREQ=DAILY;COUNT=4", "FREQ=WEEKLY;COUNT=3", "FREQ=WEEKLY;BYDAY=MO,TU;COUNT=5")[n % 3]
    start = datetime(2027, 10, 26, 7 + n % 5)  # noqa: DTZ001  on the wall, before the clock change
    press.house.series(rule, ROOMS[n % 2], start=start, guests=(ZOE,), on_conflict="skip")
    press.house.decide()


def _move(press: Press, n: int) -> None:
    row = _held(press, n)
    press.house.move(row.id, slot(13 + n % 3, 14 + n % 3, day=n % 9), ROOMS[n // 2 % 2], who="claire")
    press.house.decide()


def _describe(press: Press, n: int) -> None:
    press.house.change(_held(press, n).id, who="claire", title=f"Titre {n}", note="Note" * (n % 3))


def _cancel(press: Press, n: int) -> None:
    press.house.cancel(_held(press, n).id, who="claire")
    press.house.decide()


def _split(press: Press, n: int) -> None:
    row = _held(press, n, of_series=True)
    with press.house.book() as db:
        wanted = recurring.SeriesChange(since=row.recurs_at.date() if n % 2 else None, start=time(16, n % 4 * 15))
        recurring.change_series(db, row.series_id, wanted, by=press.house.actors["claire"], now=press.house.now)
    press.house.decide()


def _bring_back(press: Press, n: int) -> None:
    rows = press.house.rows("SELECT * FROM reservation WHERE state = 'cancelled' AND series_id IS NOT NULL ORDER BY id")
    if rows:
        gone = rows[n % len(rows)]
        with press.house.book() as db:
            by = press.house.actors["claire"]
            recurring.bring_back(db, gone.series_id, gone.recurs_at.date(), by=by, now=press.house.now)
        press.house.decide()


def _invite(press: Press, n: int) -> None:
    with press.house.book() as db:
        by, now = press.house.actors["claire"], press.house.now
        programme.invite(db, _held(press, n).id, [Invitee((BASILE, ZOE)[n % 2])], by=by, now=now)


def _answer(press: Press, n: int) -> None:
    partstat = ("ACCEPTED", "DECLINED", "TENTATIVE")[n % 3]
    press.house.rows("UPDATE attendee SET partstat = :p WHERE id % 2 = :n RETURNING id", p=partstat, n=n % 2)


def _answer_a_date(press: Press, n: int) -> None:
    row = _held(press, n, of_series=True)
    press.house.rows(
        "INSERT INTO date_answer (attendee_id, recurs_at, partstat) SELECT a.id, :at, 'DECLINED' FROM attendee AS a"
        " JOIN series AS s ON s.head_id = a.reservation_id WHERE s.id = :id ON CONFLICT DO NOTHING RETURNING 1",
        at=row.recurs_at,
        id=row.series_id,
    )


def _rename(press: Press, n: int) -> None:
    press.house.alter(ROOMS[n % 2], name=f"Salle {n}")


def _announce(press: Press, _: int) -> None:
    press.house.announce()


def _publish(press: Press, n: int) -> None:
    press.publish_once(most=1 + n % 5)


def _pass_a_month(press: Press, _: int) -> None:
    press.drop()


STEPS: tuple[Step, ...] = (
    _book, _book_series, _move, _describe, _cancel, _split, _bring_back, _invite, _answer, _answer_a_date, _rename,
    _announce, _publish, _publish, _pass_a_month,
)  # fmt: skip


@settings(
    max_examples=15,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(history=st.lists(st.tuples(st.sampled_from(STEPS), st.integers(0, 29)), min_size=1, max_size=20))
def test_any_history_ends_as_it_would_from_nothing(press: Press, history: list[tuple[Step, int]]) -> None:
    press.house = furnished()
    _book_series(press, 0)
    for step, n in history:
        with suppress(CreneauError):
            step(press, n)
    press.publish()
    published = press.house.rows(SHOWN, stamp=STAMP)
    numbers = press.house.rows(NUMBERS)
    assert len(set(numbers)) == len(numbers)
    _check_against_the_book(press)
    with press.house.book() as db:
        for statement in FROM_NOTHING:
            db.execute(text(statement))
    press.publish()
    assert press.house.rows(SHOWN, stamp=STAMP) == published


def _check_against_the_book(press: Press) -> None:
    """Each room's calendar, as another program expands it, has what is held there."""
    span = press.house.now, press.house.now + timedelta(days=400)
    for room in ROOMS:
        calendar = Calendar.from_ical(press.feed("room", room))
        found = [e for e in recurring_ical_events.of(calendar).between(*span) if e["STATUS"] != "CANCELLED"]
        held = [row.starts_at for row in press.house.rows(HELD) if press.house.rooms[room] in row.resource_ids]
        assert sorted(start_of(event).astimezone(UTC) for event in found) == sorted(held)


def _held(press: Press, n: int, *, of_series: bool = False) -> Any:
    rows = [row for row in press.house.rows(HELD) if row.series_id is not None or not of_series]
    if not rows:
        raise CreneauError("nothing is held")
    return rows[n % len(rows)]
