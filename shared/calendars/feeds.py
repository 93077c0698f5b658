"""Feeds: secret addresses under which calendars are read: made, moved to another address, and taken back."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from shared.calendars.listing import listed
from shared.calendars.subjects import Wanted, person_of, subject_of
from shared.domain.errors import InvalidInputError, NotFoundError, WrongStateError
from shared.store.base import Db
from shared.store.calendars import Calendar, CalendarKind, Feed
from shared.store.outbox import Actor, record_about_house

MOST_OF_ONE_PERSON: Final = 100


def make(db: Db, wanted: Wanted, *, by: Actor, is_partner: bool = False, now: datetime) -> tuple[Feed, str]:
    """A new feed and its secret, which cannot be read again; raises NotAllowedError, InvalidInputError, NotFoundError.

    Made twice, as by a retry, there are two, and one can be taken back: the secret is kept nowhere to be told again.
    """
    person_id = person_of(by)
    subject_id = subject_of(db, wanted, by=by, is_partner=is_partner)
    live = select(func.count()).where(Feed.created_by == person_id, Feed.revoked_at.is_(None))
    if db.scalars(live).one() >= MOST_OF_ONE_PERSON:
        raise InvalidInputError(f"One person has {MOST_OF_ONE_PERSON} feeds at most.", code="too_many_feeds")
    secret = _secret()
    feed = Feed(
        site_id=by.site_id,
        calendar_id=calendar_of(db, by.site_id, wanted.kind, subject_id, now=now).id,
        scope=wanted.scope,
        label=wanted.label,
        digest=digest_of(secret),
        created_by=person_id,
        by_coordinator=by.is_coordinator,
        created_at=now,
    )
    db.add(feed)
    db.flush()
    _record(db, feed, "FeedMade", by=by, now=now)
    return feed, secret


def rotate(db: Db, feed_id: int, *, by: Actor, now: datetime) -> tuple[Feed, str]:
    """The same feed under another address; the one before leads nowhere from now on."""
    feed, secret = own(db, feed_id, by=by), _secret()
    feed.digest, feed.rotated_at = digest_of(secret), now
    _record(db, feed, "FeedRotated", by=by, now=now)
    return feed, secret


def revoke(db: Db, feed_id: int, *, by: Actor, now: datetime) -> None:
    """Its address leads nowhere from now on."""
    feed = own(db, feed_id, by=by)
    _record(db, feed, "FeedRevoked", by=by, now=now)
    feed.revoked_at = now


def own(db: Db, feed_id: int, *, by: Actor) -> Feed:
    """A feed that somebody may change, locked; raises NotFoundError also for what is somebody else's."""
    feed = db.scalars(
        select(Feed).where(Feed.id == feed_id, Feed.site_id == by.site_id).with_for_update(key_share=True)
    ).first()
    if feed is None or not (by.is_coordinator or feed.created_by == by.person_id):
        raise NotFoundError("There is no such feed.")
    if feed.revoked_at is not None:
        raise WrongStateError("This feed is revoked: make a new one.")
    return feed


def calendar_of(db: Db, site_id: int, kind: CalendarKind, subject_id: int, *, now: datetime) -> Calendar:
    """The calendar of a room, a person, an activity, a partner or the site, made when nothing was ever in it."""
    values = {"site_id": site_id, "kind": kind, "subject_id": subject_id}
    db.execute(insert(Calendar).values(**values, change=0, changed_at=now).on_conflict_do_nothing())
    return db.scalars(select(Calendar).filter_by(**values)).one()


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where a calendar is read: for programs that ask for an address, as a link, and when a room is taken."""

    https: str
    webcal: str
    free_busy: str | None


def addresses_of(public_url: str, secret: str, kind: CalendarKind) -> Addresses:
    """Under the address at which everybody reaches this installation."""
    address = f"{public_url}/calendars/{secret}"
    webcal = f"webcal://{address.partition('://')[2]}.ics"
    return Addresses(f"{address}.ics", webcal, f"{address}.ifb" if kind is CalendarKind.ROOM else None)


def digest_of(secret: str) -> bytes:
    """What is kept of a secret, whatever somebody takes for one: enough for 256 random bits."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).digest()


def _secret() -> str:
    return secrets.token_urlsafe(32)


def _record(db: Db, feed: Feed, type_: str, *, by: Actor, now: datetime) -> None:
    [shown] = listed(db, feed.site_id, feed_id=feed.id, most=1)
    data = {"name": shown.of, "label": feed.label, "scope": feed.scope.value, "kind_of_calendar": shown.kind.value}
    record_about_house(db, f"feed:{feed.id}", type_, data, by=by, now=now)
