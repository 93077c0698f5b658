"""Calendars that can be subscribed to: entries rendered when they change, and who may read which."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from shared.store.base import Base, Numbered


class CalendarKind(StrEnum):
    SITE = "site"
    ROOM = "room"
    PERSON = "person"
    ACTIVITY = "activity"
    PARTNER = "partner"


class FeedScope(StrEnum):
    FULL = "full"
    BUSY = "busy"
    """when something is there, and not what"""


class CalendarEntry(Numbered, Base):
    """One UID as calendars read it: a reservation, or a series as a whole (then `reservation_id` is None).

    `full_text` and `busy_text` are its VEVENTs, lines folded and ended as RFC 5545 asks, without a VCALENDAR around
    them, and `zone` is the TZID that they use; from `starts_at` to `ends_at` it reaches with all its dates; `version`
    counts what was rendered, and is its ETag. A cancelled one stays for thirty days; then its texts are empty, and it
    is in no calendar.
    """

    __tablename__ = "calendar_entry"

    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    reservation_id: Mapped[int | None] = mapped_column(unique=True)
    series_id: Mapped[int | None] = mapped_column(unique=True)
    uid: Mapped[str]
    version: Mapped[int]
    dtstamp: Mapped[datetime]
    zone: Mapped[str]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    full_text: Mapped[str] = mapped_column(deferred=True)
    busy_text: Mapped[str] = mapped_column(deferred=True)
    cancelled_at: Mapped[datetime | None]


class Calendar(Numbered, Base):
    """All entries of a room, a person, an activity, a partner (an organisation) or the site (subject 0).

    `change` rises with each of them that comes, changes or goes: it names the state of the whole.
    """

    __tablename__ = "calendar"

    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    kind: Mapped[CalendarKind]
    subject_id: Mapped[int]
    change: Mapped[int] = mapped_column(default=0)
    changed_at: Mapped[datetime]


class CalendarMember(Base):
    """That an entry is in a calendar, or was; `change` is that of the calendar when this was last otherwise.

    The texts are None where they are those of the entry; else they are those dates of a series that are in here: a
    room's calendar has no dates that are held elsewhere.
    """

    __tablename__ = "calendar_member"

    calendar_id: Mapped[int] = mapped_column(ForeignKey("calendar.id"), primary_key=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("calendar_entry.id"), primary_key=True)
    change: Mapped[int]
    removed_at: Mapped[datetime | None]
    full_text: Mapped[str | None] = mapped_column(deferred=True)
    busy_text: Mapped[str | None] = mapped_column(deferred=True)


class CalendarMark(Numbered, Base):
    """That something changed which an entry shows, besides its reservation: written by triggers."""

    __tablename__ = "calendar_mark"

    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    reservation_id: Mapped[int | None]
    series_id: Mapped[int | None]
    marked_at: Mapped[datetime]


class Feed(Numbered, Base):
    """A secret address under which a calendar is read; only its SHA-256 is kept.

    `by_coordinator`: made by one, and so it shows titles that the house keeps from others.
    """

    __tablename__ = "feed"

    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    calendar_id: Mapped[int] = mapped_column(ForeignKey("calendar.id"))
    scope: Mapped[FeedScope]
    label: Mapped[str]
    digest: Mapped[bytes] = mapped_column(unique=True)
    created_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    by_coordinator: Mapped[bool]
    created_at: Mapped[datetime]
    rotated_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    last_read_on: Mapped[date | None]
