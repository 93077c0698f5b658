"""The world of a case: a house whose acts are written as lines, and mails that come in by the real way."""

import json
import re
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from shared import furnishing
from shared.answering import admitting, aliases, proposals
from shared.answering.reporting import report_some
from shared.domain.slots import Slot
from tests.calendar.reading_cases import UselessCase
from tests.house import House
from tests.post_office import PostOffice

PARIS = ZoneInfo("Europe/Paris")
BEGINNING = datetime(2027, 10, 11, 9, tzinfo=PARIS)
GUESTS = {"zoe": "zoe@college.example", "yann": "yann@college.example", "us": "reservations@creneau.example"}

LATEST = "SELECT id, series_id FROM reservation ORDER BY id DESC LIMIT 1"
DATES = """
SELECT r.id, r.recurs_at, r.starts_at, r.ends_at, r.state, r.hold FROM reservation AS r
JOIN reservation AS it ON it.id = :id AND (it.id = r.id OR it.series_id = r.series_id)
WHERE r.state NOT IN ('cancelled', 'refused', 'expired') ORDER BY r.starts_at, r.id
"""

ACTS: list[tuple[re.Pattern[str], Callable[..., None]]] = []

_WHO = r"(?P<who>anne|basile|claire|pia)"
_DAY, _HOURS = r"(?P<day>\d{4}-\d\d-\d\d)", r"(?P<start>\d\d:\d\d)-(?P<end>\d\d:\d\d)"
_ROOMS, _TITLE = r"(?P<rooms>[a-z0-9-]+(, [a-z0-9-]+)*)", r'"(?P<title>[^"]+)"'
_GUESTS = r"( with (?P<guests>[^ ,]+(, [^ ,]+)*))?"


def act(pattern: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Understand a line like that."""

    def known(verb: Callable[..., None]) -> Callable[..., None]:
        ACTS.append((re.compile(pattern), verb))
        return verb

    return known


class World:
    """`it` is what was entered last in the book, by people or by mail."""

    def __init__(self, house: House) -> None:
        self.house, self.post = house, PostOffice(house)
        house.now = BEGINNING
        rooms = {slug: f"room-{slug}@rooms.creneau.example" for slug in house.rooms}
        self.addresses = {**GUESTS, **house.addresses, **rooms}
        self.names = {address: name for name, address in self.addresses.items()}

    def do(self, line: str) -> None:
        """One act, a minute after the one before."""
        self.house.passes(minutes=1)
        for pattern, verb in ACTS:
            if found := pattern.fullmatch(line):
                verb(self, **{name: value for name, value in found.groupdict().items() if value is not None})
                self.house.decide()
                return
        raise UselessCase(f"nobody knows how to do {line!r}")

    def address(self, name: str) -> str:
        return self.addresses.get(name, "" if name == "<>" else name)

    def name(self, address: str) -> str:
        return self.names.get(address.lower(), address)

    @property
    def it(self) -> Any:
        [latest] = self.house.rows(LATEST)
        return latest

    def dates(self) -> list[Any]:
        """The living reservations of it: itself, or the dates of its series."""
        return self.house.rows(DATES, id=self.it.id)

    def which(self, what: str) -> Any:
        """It, or the date of it that was to be on that day."""
        if what == "it":
            return self.dates()[0]
        [found] = [
            row for row in self.dates() if str((row.recurs_at or row.starts_at).astimezone(PARIS).date()) == what
        ]
        return found

    def slot(self, day: str, start: str, end: str) -> Slot:
        on = date.fromisoformat(day)
        first, last = (datetime.combine(on, time.fromisoformat(hour), PARIS) for hour in (start, end))
        return Slot(first, last)


@act(rf"{_WHO} books {_ROOMS} on {_DAY} {_HOURS} as {_TITLE}{_GUESTS}")
def _book(world: World, who: str, rooms: str, day: str, title: str, guests: str = "", **hours: str) -> None:
    invited = [world.address(name) for name in guests.split(", ") if name]
    world.house.ask(*rooms.split(", "), who=who, at=world.slot(day, **hours), title=title, guests=invited)


@act(rf"{_WHO} books {_ROOMS} from {_DAY} {_HOURS} by (?P<rule>\S+) as {_TITLE}{_GUESTS}")
def _book_series(
    world: World, who: str, rooms: str, day: str, rule: str, title: str, guests: str = "", **hours: str
) -> None:
    slot = world.slot(day, **hours)
    start = slot.start.astimezone(PARIS).replace(tzinfo=None)
    invited = [world.address(name) for name in guests.split(", ") if name]
    world.house.series(rule, *rooms.split(", "), who=who, start=start, length=slot.length, title=title, guests=invited)


@act(rf"{_WHO} moves (?P<what>it|\d{{4}}-\d\d-\d\d) to {_DAY} {_HOURS}( in {_ROOMS})?")
def _move(world: World, who: str, what: str, day: str, rooms: str = "", **hours: str) -> None:
    world.house.move(world.which(what).id, world.slot(day, **hours), *[r for r in rooms.split(", ") if r], who=who)


@act(rf"{_WHO} calls (?P<what>it|\d{{4}}-\d\d-\d\d) {_TITLE}")
def _call(world: World, who: str, what: str, title: str) -> None:
    world.house.change(world.which(what).id, who=who, title=title)


@act(rf"{_WHO} cancels (?P<what>it|\d{{4}}-\d\d-\d\d)")
def _cancel(world: World, who: str, what: str) -> None:
    for row in world.dates() if what == "it" else [world.which(what)]:
        world.house.cancel(row.id, who=who)


@act(rf"{_WHO} invites (?P<guest>\S+)")
def _invite(world: World, who: str, guest: str) -> None:
    world.post.invite(world.which("it").id, world.address(guest), who=who)


@act(rf"{_WHO} takes (?P<guest>\S+) off the list")
def _take_off(world: World, who: str, guest: str) -> None:
    world.post.take_off(world.which("it").id, world.address(guest), who=who)


@act(r"the policy of (?P<whose>\S+) is (?P<knobs>\{.*\})")
def _lay_down(world: World, whose: str, knobs: str) -> None:
    scope, slug = ("site", "") if whose == "site" else ("room", whose)
    world.house.rule(scope, slug, **json.loads(knobs))


@act(r"claire approves it")
def _approve(world: World) -> None:
    for row in world.dates():
        world.house.approve(row.id)


@act(r'claire declines it saying "(?P<reason>[^"]*)"')
def _decline(world: World, reason: str) -> None:
    for row in world.dates():
        world.house.decline(row.id, reason)


@act(r"claire (?P<what>closes|opens) (?P<room>\S+)")
def _close(world: World, what: str, room: str) -> None:
    with world.house.book() as db:
        wanted = furnishing.Alteration(is_open=what == "opens")
        furnishing.alter(db, room, wanted, by=world.house.actors["claire"], now=world.house.now)


@act(rf"the clock says {_DAY} (?P<hour>\d\d:\d\d)")
def _wait(world: World, day: str, hour: str) -> None:
    at = datetime.combine(date.fromisoformat(day), time.fromisoformat(hour), PARIS)
    world.house.now = max(at, world.house.now + timedelta(seconds=1))
    world.house.run_timers()


@act(r"(?P<other>\S+@\S+) means (?P<whom>\S+)")
def _mean(world: World, other: str, whom: str) -> None:
    with world.house.book() as db:
        by, now = world.house.actors["claire"], world.house.now
        aliases.add(db, other, world.address(whom), by=by, now=now)


@act(rf'{_WHO} (?P<how>accepts|declines) the proposal( saying "(?P<comment>[^"]*)")?')
def _decide(world: World, who: str, how: str, comment: str = "") -> None:
    [found] = world.house.rows("SELECT id, reservation_id FROM proposal WHERE state = 'open'")
    by, now = world.house.actors[who], world.house.now
    with world.house.book() as db:
        if how == "accepts":
            proposals.accept(db, found.reservation_id, found.id, by=by, now=now)
        else:
            proposals.decline(db, found.reservation_id, found.id, comment=comment, by=by, now=now)


@act(rf"{_WHO} (?P<how>admits|dismisses) (?P<newcomer>\S+)")
def _admit(world: World, who: str, how: str, newcomer: str) -> None:
    query = "SELECT id, reservation_id FROM newcomer WHERE address = :address"
    [found] = world.house.rows(query, address=world.address(newcomer))
    by, now = world.house.actors[who], world.house.now
    with world.house.book() as db:
        verb = admitting.admit if how == "admits" else admitting.dismiss
        verb(db, found.reservation_id, found.id, by=by, now=now)


@act(r"the digest is due")
def _report(world: World) -> None:
    """Whatever came back has been quiet for a while."""
    world.house.passes(hours=1)
    with world.house.book() as db:
        while report_some(db, now=world.house.now):
            pass
