"""Feeds: calendars that whoever knows their secret address reads, as often as they like."""

from datetime import UTC, datetime
from typing import Annotated, Final

from fastapi import APIRouter, Path, Query, Request, Response

from services.calendars.bodies import Bodies, remembered
from services.calendars.conditional import etag, is_known, last_modified
from services.calendars.encoding import encoded, encoding_for
from services.calendars.spans import span_of
from shared.calendars.busy import busy_calendar
from shared.calendars.reading import Found, content, find, note_read
from shared.store.base import Db, reading, transaction

# addresses are secrets: they are in no document, no cache that others share, and no header of what is opened from here
router = APIRouter(prefix="/calendars", include_in_schema=False, tags=["calendars"])

MEDIA_TYPE: Final = "text/calendar; charset=utf-8"
PRIVATE: Final = {
    "Cache-Control": "private, no-cache",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
}
Secret = Annotated[str, Path()]

bodies = Bodies()


@router.get("/{secret}.ics")
def feed(request: Request, secret: Secret) -> Response:
    """The calendar; 304 when the client has it as it is, before anything of it is read."""
    now = datetime.now(UTC)
    encoding = encoding_for(request.headers.get("accept-encoding", ""))
    with reading() as db:
        found = find(db, secret, now=now)
        if is_known(request.headers, found.tag, found.changed, now):
            answer = Response(status_code=304, headers=_headers(found, encoding, now))
        else:
            answer = _answer(db, found, encoding, now)
    _note(found, now)
    return answer


@router.get("/{secret}.ifb")
def busy(
    secret: Secret,
    start: Annotated[str, Query(alias="from")] = "",
    end: Annotated[str, Query(alias="to")] = "",
) -> Response:
    """When the room of a feed is taken: from today on for sixty days, or as `from` and `to` say."""
    now = datetime.now(UTC)
    with reading() as db:
        found = find(db, secret, now=now)
        body = busy_calendar(db, found, span_of(start, end, zone=found.row.zone, now=now), now=now)
    _note(found, now)
    return Response(body, headers=PRIVATE, media_type=MEDIA_TYPE)


def _answer(db: Db, found: Found, encoding: str, now: datetime) -> Response:
    body = bodies.get(etag(found.tag, encoding))
    if body is None:
        found, plain = content(db, found)
        body = remembered(bodies, etag(found.tag, encoding), lambda: encoded(plain, encoding))
    headers = _headers(found, encoding, now) | ({"Content-Encoding": encoding} if encoding else {})
    return Response(body, headers=headers, media_type=MEDIA_TYPE)


def _headers(found: Found, encoding: str, now: datetime) -> dict[str, str]:
    headers = PRIVATE | {
        "ETag": etag(found.tag, encoding),
        "Vary": "Accept-Encoding",
        "Content-Disposition": f'inline; filename="{found.kind}.ics"',
    }
    modified = last_modified(found.changed, now)
    return headers | ({"Last-Modified": modified} if modified else {})


def _note(found: Found, now: datetime) -> None:
    if found.row.last_read_on != now.date():
        with transaction() as db:
            note_read(db, found, now.date())
