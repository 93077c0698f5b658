"""A request of a Monday morning in Paris, and the words in which the tests of the rules vary it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from shared.domain.policy import merge
from shared.domain.refusals import Refusal
from shared.domain.rules import Finding, Request, Wanted
from shared.domain.slots import Slot

PARIS = ZoneInfo("Europe/Paris")
NOW = datetime(2027, 11, 8, 9, tzinfo=UTC)  # Monday, 10:00 in Paris
WORKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday")
OFFICE_HOURS = {day: ["09:00-12:30", "13:30-18:00"] for day in WORKDAYS}

Rule = Callable[[Request], Finding | None]


def moment(clock: str) -> datetime:
    """'2027-11-09 09:00' on the clock of Paris; '2027-10-31 02:30+01:00' where it shows an hour twice."""
    read = datetime.fromisoformat(clock)
    return (read if read.tzinfo else read.replace(tzinfo=PARIS)).astimezone(UTC)


def between(start: str, end: str) -> Slot:
    """An end without a day is on the day of the start."""
    return Slot(moment(start), moment(end if "-" in end else f"{start[:10]} {end}"))


TOMORROW = between("2027-11-09 09:00", "12:00")


def room(id_: int = 1, seats: int | None = 16, name: str = "Flexi 16", **more: Any) -> Wanted:
    """A room with these knobs, or (quantity, part_ids, kind, slug ...) these properties."""
    properties = {key: more.pop(key) for key in ("kind", "is_open", "slug", "quantity", "part_ids") if key in more}
    kind, is_open = properties.pop("kind", "room"), properties.pop("is_open", True)
    return Wanted(id_, name, kind, seats, is_open, policy=merge(more), **properties)


def ask(slot: Slot, *resources: Wanted, **more: Any) -> Request:
    site = more.pop("site", {})
    defaults = {"people": 0, "by_coordinator": False, "now": NOW, "zone": PARIS, "policy": merge(site)}
    return Request(slot=slot, resources=resources, **(defaults | more))


def code(found: Finding | None) -> str | None:
    return found.refusal.code if found else None


def refusal(found: Finding | None) -> Refusal:
    assert found is not None
    return found.refusal


def fixed(request: Request, fix: dict[str, Any]) -> Request:
    """The request as the fix would have it."""
    changes = dict(fix)
    if "start" in changes:
        start, end = (datetime.fromisoformat(changes.pop(edge)) for edge in ("start", "end"))
        changes["slot"] = Slot(start, end)
    return replace(request, **changes)


def proposed(found: Finding | None) -> Slot | None:
    """The slot that a refusal proposes."""
    fix = refusal(found).fix
    return Slot(*(datetime.fromisoformat(fix[edge]) for edge in ("start", "end"))) if fix else None


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)
