"""Feeds: make the secret address of a calendar, list one's own, move one to another address, take one back."""

from datetime import UTC, date, datetime
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import BaseModel, Field

from services.api.access import Anyone
from services.api.outputs import PersonView
from services.api.problems import answers
from services.api.schemas import Line, Strict
from services.api.transactions import InTransaction, Reading
from shared.calendars import feeds
from shared.calendars.listing import Listed, listed
from shared.calendars.subjects import Wanted
from shared.settings import settings
from shared.store.base import Db
from shared.store.calendars import CalendarKind, FeedScope

router = APIRouter(prefix="/feeds", tags=["feeds"])
Id = Annotated[int, Path(ge=1, lt=2**63)]


class NewFeed(Strict):
    """Which calendar, and how much of it."""

    kind: CalendarKind
    of: Annotated[
        Line | None,
        Field(max_length=200, description="the slug of a room, the id of an activity, the name of a partner"),
    ] = None
    scope: FeedScope = FeedScope.FULL
    label: Annotated[Line | None, Field(max_length=100, description="what the calendar is called where it is read")] = (
        None
    )


class FeedView(BaseModel):
    """A feed without its address, which is told once."""

    id: int
    kind: CalendarKind
    of: str = Field(description="whose calendar it is, by name")
    scope: FeedScope
    label: str
    created_by: PersonView
    created_at: datetime
    rotated_at: datetime | None
    last_read_on: date | None = Field(description="the last day on which somebody read it")


class NewFeedView(FeedView):
    """With the addresses, which are not kept and cannot be told again: whoever has one reads the calendar."""

    address: str = Field(description="for calendars that ask for an address")
    webcal: str = Field(description="the same, as a link that opens a calendar program")
    free_busy: str | None = Field(description="of a room: when it is taken, as VFREEBUSY")


class FeedPage(BaseModel):
    """Newest first."""

    items: list[FeedView]
    next: str | None = Field(description="`cursor` of the page that follows")


class FeedFilters(Strict):
    """Which page."""

    limit: Annotated[int, Field(ge=1, le=200)] = 50
    cursor: Annotated[int | None, Field(ge=1, lt=2**63, description="from `next` of the page before")] = None


@router.post("", status_code=201, response_model=NewFeedView, responses=answers(401, 403, 413, 422))
def make(db: InTransaction, wanted: NewFeed, caller: Anyone) -> NewFeedView:
    """Make a feed: one's own agenda for everybody, rooms and activities for trainers, the rest for coordinators.

    A partner's token has its own agenda and that of its organisation. Made again by a retry it is another one: the
    address is not kept, so that no Idempotency-Key could tell it twice.
    """
    wish = Wanted(wanted.kind, wanted.of or "", wanted.scope, wanted.label or "")
    feed, secret = feeds.make(db, wish, by=caller.actor, is_partner=caller.is_partner, now=datetime.now(UTC))
    return _with_addresses(db, feed.id, secret, caller.site_id)


@router.get("", response_model=FeedPage, responses=answers(401, 422))
def index(request: Request, db: Reading, caller: Anyone, filters: Annotated[FeedFilters, Query()]) -> Response:
    """The feeds that lead somewhere, newest first: one's own, or for a coordinator all."""
    person_id = None if caller.is_coordinator else caller.identity.person_id
    found = listed(db, caller.site_id, person_id=person_id, before=filters.cursor, most=filters.limit + 1)
    shown = found[: filters.limit]
    following = str(shown[-1].id) if len(found) > filters.limit else None
    headers = {}
    if following:
        headers["Link"] = f'<{request.url.include_query_params(cursor=following)}>; rel="next"'
    page = FeedPage(items=[FeedView(**_shown(row)) for row in shown], next=following)
    return Response(page.model_dump_json(), headers=headers, media_type="application/json")


@router.post("/{feed_id}/rotation", status_code=201, response_model=NewFeedView, responses=answers(401, 404, 409, 422))
def rotate(db: InTransaction, feed_id: Id, caller: Anyone) -> NewFeedView:
    """Move a feed to another address: the one before leads nowhere from now on."""
    feed, secret = feeds.rotate(db, feed_id, by=caller.actor, now=datetime.now(UTC))
    return _with_addresses(db, feed.id, secret, caller.site_id)


@router.delete("/{feed_id}", status_code=204, response_class=Response, responses=answers(401, 404, 409, 422))
def revoke(db: InTransaction, feed_id: Id, caller: Anyone) -> Response:
    """Take a feed back: its address leads nowhere from now on."""
    feeds.revoke(db, feed_id, by=caller.actor, now=datetime.now(UTC))
    return Response(status_code=204)


def _with_addresses(db: Db, feed_id: int, secret: str, site_id: int) -> NewFeedView:
    [row] = listed(db, site_id, feed_id=feed_id, most=1)
    addresses = feeds.addresses_of(settings().public_url, secret, row.kind)
    return NewFeedView(**_shown(row), address=addresses.https, webcal=addresses.webcal, free_busy=addresses.free_busy)


def _shown(row: Listed) -> dict[str, object]:
    return {
        "id": row.id,
        "kind": row.kind,
        "of": row.of,
        "scope": row.scope,
        "label": row.label,
        "created_by": PersonView(id=row.person_id, name=row.person),
        "created_at": row.created_at,
        "rotated_at": row.rotated_at,
        "last_read_on": row.last_read_on,
    }
