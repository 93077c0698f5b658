"""A publisher beside the house, the calendars as subscribers read them, and two more readers."""

from datetime import UTC, datetime
from typing import Any

import pytest
from icalendar import Calendar

from shared.calendars import feeds, reading
from shared.calendars.dropping import drop_some
from shared.calendars.publishing import publish_some
from shared.calendars.subjects import Wanted
from shared.store.calendars import CalendarKind, FeedScope
from tests.house import House
from tests.second_opinion import ical_js, ical_js_expands  # noqa: F401  fixtures: pytest finds them by these names


class Press:
    """Publishes, and reads what was published as a subscriber does."""

    def __init__(self, house: House) -> None:
        self.house = house

    def publish(self) -> int:
        """Until nothing is marked; how many entries were looked at."""
        looked_at = 0
        while some := self.publish_once():
            looked_at += some
        return looked_at

    def publish_once(self, most: int = 100) -> int:
        with self.house.book() as db:
            return publish_some(db, now=self.house.now, most=most)

    def drop(self) -> int:
        with self.house.book() as db:
            return drop_some(db, now=self.house.now)

    def secret(self, kind: str, of: str = "", who: str = "claire", scope: str = "full", **more: Any) -> str:
        wanted = Wanted(CalendarKind(kind), of, FeedScope(scope), **more)
        with self.house.book() as db:
            is_partner = who == "pia"
            by = self.house.actors[who]
            _, secret = feeds.make(db, wanted, by=by, is_partner=is_partner, now=self.house.now)
        return secret

    def read(self, secret: str) -> bytes:
        """What somebody with that secret reads by now."""
        with self.house.book() as db:
            return reading.content(db, reading.find(db, secret, now=self.house.now))[1]

    def feed(self, kind: str, of: str = "", who: str = "claire", scope: str = "full") -> bytes:
        """Published, and read."""
        self.publish()
        return self.read(self.secret(kind, of, who, scope))

    def titles(self, kind: str, of: str = "", who: str = "claire") -> list[str]:
        return [str(event["SUMMARY"]) for event in events(self.feed(kind, of, who))]

    def tag(self, secret: str) -> str:
        with self.house.book() as db:
            return reading.find(db, secret, now=self.house.now).tag


def events(calendar: bytes) -> list[Any]:
    """Its VEVENTs, in their order."""
    return list(Calendar.from_ical(calendar).walk("VEVENT"))


def start_of(event: Any) -> datetime:
    return event["DTSTART"].dt.astimezone(UTC)


@pytest.fixture
def press(house: House) -> Press:
    return Press(house)
