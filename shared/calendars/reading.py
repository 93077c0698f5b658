"""Reading a feed: which one an address leads to and in what state it is, and only then what is in it."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final, cast

from sqlalchemy import Row, text

from shared.calendar.publication import Cover, published
from shared.calendars.feeds import digest_of
from shared.calendars.words import BUSY
from shared.domain.errors import NotFoundError
from shared.house import house_of
from shared.letters.facts import Language
from shared.store.base import Db
from shared.store.calendars import CalendarKind, FeedScope

REACHES_BACK: Final = timedelta(days=400)
# raised when the same texts are to be served as other bytes
FORM: Final = 1
COLORS: Final[Mapping[CalendarKind, str]] = {
    CalendarKind.SITE: "steelblue",
    CalendarKind.ROOM: "teal",
    CalendarKind.PERSON: "darkorange",
    CalendarKind.ACTIVITY: "mediumvioletred",
    CalendarKind.PARTNER: "olivedrab",
}

# one statement, one index: an address that leads nowhere costs what any other does, and whoever guesses has to guess
# 256 bits of which only the digest is looked up
FIND = text("""
SELECT f.id AS feed_id, f.site_id, f.scope, f.label, f.by_coordinator, f.created_by, f.last_read_on, c.id, c.kind,
       c.subject_id, c.change, c.changed_at, s.name AS site, s.zone, s.language, s.mail_domain,
       room.name AS room, room.slug, person.name AS person, activity.title AS activity,
       activity.created_by AS registered_by, organisation.name AS partner
FROM feed AS f JOIN calendar AS c ON c.id = f.calendar_id JOIN site AS s ON s.id = f.site_id
LEFT JOIN resource AS room ON c.kind = 'room' AND room.id = c.subject_id
LEFT JOIN person ON c.kind = 'person' AND person.id = c.subject_id
LEFT JOIN activity ON c.kind = 'activity' AND activity.id = c.subject_id
LEFT JOIN organisation ON c.kind = 'partner' AND organisation.id = c.subject_id
WHERE f.digest = :digest AND f.revoked_at IS NULL
""")
NOTE_READ = text("UPDATE feed SET last_read_on = :today WHERE id = :id AND last_read_on IS DISTINCT FROM :today")
# in the order in which they came, as an index has them: by time, ten thousand texts would be sorted
_CONTENT = """
SELECT c.change, c.changed_at, events.texts, events.zones
FROM calendar AS c CROSS JOIN LATERAL (
    SELECT coalesce(string_agg(shown.texts, ''), '') AS texts,
           array_agg(shown.zone) FILTER (WHERE shown.zone <> :zone) AS zones
    FROM (SELECT coalesce(m.{0}, e.{0}) AS texts, e.zone
          FROM calendar_member AS m JOIN calendar_entry AS e ON e.id = m.entry_id
          WHERE m.calendar_id = c.id AND m.removed_at IS NULL AND e.ends_at >= :since
          ORDER BY m.entry_id) AS shown) AS events
WHERE c.id = :id
"""
CONTENT = {
    FeedScope.FULL: text(_CONTENT.format("full_text")),
    FeedScope.BUSY: text(_CONTENT.format("busy_text")),
}


@dataclass(frozen=True, slots=True)
class Found:
    """A feed that an address leads to: which calendar, how much of it, back to when, and in what state it is."""

    row: Row[Any]
    scope: FeedScope
    since: datetime
    change: int
    changed_at: datetime

    @property
    def kind(self) -> CalendarKind:
        return CalendarKind(self.row.kind)

    @property
    def tag(self) -> str:
        """Another one as soon as any byte is another one: what is in it, how far back, and how it is called."""
        # with the moment: a book that was restored from a backup counts on from what was counted before
        state, cover = (self.row.id, self.change, self.changed_at), self.cover
        parts = (FORM, *state, self.scope, self.since, cover.name, cover.zone, cover.color)
        return hashlib.sha256(repr([str(part) for part in parts]).encode()).hexdigest()[:32]

    @property
    def changed(self) -> datetime:
        """When it became as it is: its content, or what lies too far back."""
        return max(self.changed_at, self.since + REACHES_BACK)

    @property
    def cover(self) -> Cover:
        return Cover(self._name, self.row.zone, COLORS[self.kind])

    @property
    def _name(self) -> str:
        """As whoever made it calls it; else what it is of, which is no secret of a busy one only for rooms."""
        row = self.row
        if row.label:
            return str(row.label)
        of = row.room or row.person or row.activity or row.partner
        if of and self.scope is FeedScope.BUSY and self.kind is not CalendarKind.ROOM:
            of = BUSY[cast("Language", row.language)]
        return f"{of} – {row.site}" if of else str(row.site)  # noqa: RUF001  a dash between two names


def find(db: Db, secret: str, *, now: datetime) -> Found:
    """The feed that a secret leads to; raises NotFoundError alike for one that is unknown and one that was revoked."""
    row = db.execute(FIND, {"digest": digest_of(secret)}).first()
    if row is None:
        raise NotFoundError("There is no such calendar.")
    return Found(row, _scope(db, row), _since(now), row.change, row.changed_at)


def content(db: Db, found: Found) -> tuple[Found, bytes]:
    """The calendar as it is by now, and as what it was found: the state and the texts are read at one moment."""
    values = {"id": found.row.id, "since": found.since, "zone": found.row.zone}
    row = db.execute(CONTENT[found.scope], values).one()
    now = Found(found.row, found.scope, found.since, row.change, row.changed_at)
    return now, published(now.cover, row.zones or (), row.texts)


def note_read(db: Db, found: Found, today: date) -> None:
    """Once a day, so that whoever looks through their feeds sees which are used."""
    db.execute(NOTE_READ, {"id": found.row.feed_id, "today": today})


def _since(now: datetime) -> datetime:
    """Four hundred days back, from a Monday on: what is too old leaves once a week, and not at every moment."""
    day = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0) - REACHES_BACK
    return day - timedelta(days=day.weekday())


def _scope(db: Db, row: Row[Any]) -> FeedScope:
    """What the house keeps from others since it was made is kept from its readers, too."""
    if row.scope == FeedScope.BUSY or row.by_coordinator or row.kind not in {"room", "activity"}:
        return FeedScope(row.scope)
    house = house_of(db, row.site_id)
    if row.kind == "room":
        is_hidden = house.hides_titles([row.subject_id])
    else:
        is_hidden = row.registered_by != row.created_by and bool(house.untitled())
    return FeedScope.BUSY if is_hidden else FeedScope.FULL
