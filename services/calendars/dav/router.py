"""The addresses of CalDAV: who may come in, and which method is answered where."""

import asyncio
from collections.abc import Callable, Mapping
from typing import Final

from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.responses import RedirectResponse

from services.calendars.dav.access import Known
from services.calendars.dav.answering import Asked, get, options, propfind, proppatch, report, write
from services.calendars.dav.reading import MOST_BYTES
from services.calendars.dav.refusing import BadRequest, NotThere, Refused
from services.calendars.dav.tree import ROOT

router = APIRouter(include_in_schema=False, tags=["dav"])

ANSWERS: Final[Mapping[str, Callable[[Asked], Response]]] = {
    "OPTIONS": options,
    "GET": get,
    "PROPFIND": propfind,
    "REPORT": report,
    "PROPPATCH": proppatch,
    **dict.fromkeys(
        ("PUT", "DELETE", "POST", "PATCH", "MKCALENDAR", "MKCOL", "COPY", "MOVE", "LOCK", "UNLOCK", "ACL"), write
    ),
}
# extended-mkcol and the like are for those who write; 2 would promise locks
CLASSES: Final = "1, 3, access-control, calendar-access"


@router.api_route("/.well-known/caldav", methods=[*ANSWERS])
@router.api_route("/.well-known/caldav/", methods=[*ANSWERS])
def where_it_begins() -> Response:
    """Where CalDAV is, for whoever knows the name of the server only (RFC 6764 section 5)."""
    return RedirectResponse(ROOT, 301)


@router.api_route("/", methods=["OPTIONS", "PROPFIND", "REPORT"])
@router.api_route("/principals/", methods=["OPTIONS", "PROPFIND", "REPORT"])
@router.api_route("/dav", methods=[*ANSWERS])
@router.api_route("/dav/{path:path}", methods=[*ANSWERS])
async def answer(request: Request, identity: Known) -> Response:
    """CalDAV, for somebody whom a token speaks for."""
    body = await request.body()
    if len(body) > MOST_BYTES:
        raise HTTPException(413, "A request to a calendar has 1 MB at most.")
    asked = Asked(request.method, request.url.path, request.headers, body, identity)
    answered = await asyncio.to_thread(_answered, asked)
    answered.headers["DAV"] = CLASSES
    return answered


def _answered(asked: Asked) -> Response:
    try:
        return ANSWERS[asked.method](asked)
    except (BadRequest, NotThere, Refused) as refusal:
        return refusal.answer()
