"""What is to be seen in the world of a case: answers, proposals, the book, and mails that left; as lines to compare."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from icalendar import Calendar, Event

from tests.calendar.case_world import PARIS, World
from tests.post_office import Mail

PEOPLE = "SELECT * FROM attendee WHERE removed_at IS NULL ORDER BY id"
OF_DATES = """
SELECT a.address, d.* FROM date_answer AS d JOIN attendee AS a ON a.id = d.attendee_id
WHERE a.removed_at IS NULL AND d.partstat <> a.partstat ORDER BY d.recurs_at, a.id
"""
PROPOSALS = """
SELECT p.*, a.address FROM proposal AS p JOIN attendee AS a ON a.id = p.attendee_id
WHERE p.state <> 'superseded' ORDER BY p.id
"""
NEWCOMERS = "SELECT * FROM newcomer ORDER BY id"
BOOK = """
SELECT r.state, r.starts_at, r.ends_at, string_agg(room.slug, ', ' ORDER BY room.id) AS rooms
FROM reservation AS r JOIN resource AS room ON room.id = ANY(r.resource_ids) AND room.kind = 'room'
WHERE r.state NOT IN ('cancelled', 'refused', 'expired') GROUP BY r.id ORDER BY r.starts_at, rooms
"""


@dataclass(frozen=True, order=True)
class Seen:
    """A line of a `then`; `words` are found in what is written behind it."""

    line: str
    words: str = ""


def told(line: str) -> Seen:
    """A line of a case: what it says, and the words that it says are there."""
    head, _, words = line.partition(' says "')
    return Seen(head, words.removesuffix('"'))


def compare(expected: Iterable[str], seen: Iterable[Seen]) -> None:
    """All that is expected is there, and nothing else."""
    wanted, found = sorted(map(told, expected)), sorted(seen)
    assert [want.line for want in wanted] == [there.line for there in found], "\n".join(
        f"{there.line}   | {' '.join(there.words.split())[:300]}" for there in found
    )
    for want, there in zip(wanted, found, strict=True):
        assert want.words.lower() in " ".join(there.words.split()).lower(), f"{want.line}: {there.words}"


def answers(world: World) -> Iterator[Seen]:
    """Whoever said something, or was not reached."""
    for row in world.house.rows(PEOPLE):
        who = world.name(row.address)
        if row.delegated_to:
            yield Seen(f"{who} DELEGATED to {world.name(row.delegated_to)}", row.comment)
        elif row.partstat != "NEEDS-ACTION" and row.role != "CHAIR":
            yield Seen(f"{who} {row.partstat}", row.comment)
        if row.undeliverable_at is not None:
            yield Seen(f"{who} undeliverable", row.undeliverable_reason)
    for row in world.house.rows(OF_DATES):
        yield Seen(f"{world.name(row.address)} {row.partstat} on {_day(row.recurs_at)}", row.comment)
    for row in world.house.rows(PROPOSALS):
        free = {True: "free", False: "taken", None: "not looked at"}[row.is_free]
        hours = f"{_day(row.starts_at)} {_hours(row)}"
        yield Seen(f"proposal of {world.name(row.address)} {hours} {free} {row.state}", row.comment)
    for row in world.house.rows(NEWCOMERS):
        why = f" sent by {world.name(row.delegated_from)}" if row.delegated_from else ""
        why += f" for {world.name(row.speaks_for)}" if row.speaks_for else ""
        yield Seen(f"newcomer {world.name(row.address)} {row.partstat}{why} {row.state}", row.comment)


def book(world: World) -> list[Seen]:
    """What is asked for or held, dates of one kind in one line."""
    alike: defaultdict[str, list[str]] = defaultdict(list)
    for row in world.house.rows(BOOK):
        alike[f"book {row.rooms} {row.state} {_hours(row)} on "].append(_day(row.starts_at))
    return [Seen(head + ", ".join(days)) for head, days in alike.items()] or [Seen("book empty")]


def mails(world: World, left: Iterable[Mail]) -> Iterator[Seen]:
    for mail in left:
        to = world.name(mail.recipient)
        if mail.method not in {"REQUEST", "CANCEL", "REPLY", "REFRESH", "DECLINECOUNTER"}:
            yield Seen(f"letter to {to}", f"{mail.parsed['Subject']} {mail.words}")
            continue
        events = [event for event in Calendar.from_ical(mail.calendar).walk("VEVENT") if isinstance(event, Event)]
        sender = world.name(mail.parsed["From"].addresses[0].addr_spec)
        parts = [_part(world, event, sender if mail.method in {"REPLY", "REFRESH"} else to) for event in events]
        comments = [str(event.get("COMMENT", "")) for event in events]
        line = f"{mail.method} from {sender} to {to}: {'; '.join(parts)}".removesuffix(": ")
        yield Seen(line, " ".join([*comments, mail.words]))


def _part(world: World, event: Event, who: str) -> str:
    """One component: its SEQUENCE, its date, and what the one says, or is asked, of whom it is about."""
    listed = event.get("ATTENDEE", [])
    people: list[Any] = listed if isinstance(listed, list) else [listed]
    said = [p.params.get("PARTSTAT", "") for p in people if str(p).removeprefix("mailto:") == world.address(who)]
    sequence = f"SEQUENCE {event['SEQUENCE']}" if "SEQUENCE" in event else ""
    date = f"on {_day(event['RECURRENCE-ID'].dt)}" if "RECURRENCE-ID" in event else ""
    return " ".join(part for part in (sequence, *said, date) if part)


def _day(moment: datetime) -> str:
    """A day of a calendar is one already."""
    return str(moment.astimezone(PARIS).date() if isinstance(moment, datetime) else moment)


def _hours(row: Any) -> str:
    start, end = row.starts_at.astimezone(PARIS), row.ends_at.astimezone(PARIS)
    later = f"+{(end.date() - start.date()).days}" if end.date() > start.date() else ""
    return f"{start:%H:%M}-{end:%H:%M}{later}"
