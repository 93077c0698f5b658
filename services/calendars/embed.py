"""What is on, for other web sites: a page for an iframe and a JSON Feed of the public activities of a site.

Nobody has to say who they are, and nothing is told of anybody: titles, times and places only.
"""

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime
from importlib.resources import files
from typing import Annotated, Final

import orjson
from fastapi import APIRouter, Path, Query, Request, Response

from services.calendars.embed_words import json_feed, page
from shared.letters.facts import Language
from shared.settings import settings
from shared.store.base import reading
from shared.whats_on import WhatsOn, whats_on

router = APIRouter(prefix="/embed", include_in_schema=False, tags=["embed"])

SHORTLY: Final = "public, max-age=300"
LONG: Final = "public, max-age=86400"
# no script, no form, nothing from elsewhere; any site may put it in a frame, which is what it is for
POLICY: Final = "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors *; sandbox"
SAFE: Final[dict[str, str]] = {
    "Content-Security-Policy": POLICY,
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
# what is public is so to scripts of other sites, too
TO_ALL: Final[dict[str, str]] = {"Access-Control-Allow-Origin": "*", "Cross-Origin-Resource-Policy": "cross-origin"}
STYLE: Final = files("services.calendars").joinpath("pages/activities.css").read_bytes()

Slug = Annotated[str, Path(max_length=60, pattern=r"^[a-z0-9-]+$")]
Spoken = Annotated[Language, Query(alias="lang", description="fr or en")]


@router.get("/activities.css")
def style(request: Request) -> Response:
    """How the page looks."""
    return _answer(request, STYLE, "text/css; charset=utf-8", SAFE | TO_ALL | {"Cache-Control": LONG})


@router.get("/{slug}/activities")
def activities(request: Request, slug: Slug, language: Spoken = "fr") -> Response:
    """The page: each activity with its dates, in words."""
    body = page(_found(slug), language, base=settings().public_url)
    headers = {**SAFE, "Cache-Control": SHORTLY, "Content-Language": language}
    return _answer(request, body.encode(), "text/html; charset=utf-8", headers)


@router.get("/{slug}/activities.json")
def feed(request: Request, slug: Slug, language: Spoken = "fr") -> Response:
    """The same as JSON Feed 1.1, an item for each session; `_creneau` has its times for programs."""
    body = orjson.dumps(json_feed(_found(slug), language, base=settings().public_url), option=orjson.OPT_UTC_Z)
    headers = {**SAFE, **TO_ALL, "Cache-Control": SHORTLY, "Content-Language": language}
    return _answer(request, body, "application/feed+json; charset=utf-8", headers)


def _found(slug: str) -> WhatsOn:
    with reading() as db:
        return whats_on(db, slug, now=datetime.now(UTC))


def _answer(request: Request, body: bytes, media_type: str, headers: Mapping[str, str]) -> Response:
    """The body, or 304 for who has it already; the tag is of what is said, and so the same in every process."""
    tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    told = dict(headers) | {"ETag": tag}
    known = request.headers.get("if-none-match", "")[:1000]
    if known.strip() == "*" or tag in {one.strip().removeprefix("W/") for one in known.split(",")}:
        return Response(status_code=304, headers=told)
    return Response(body, headers=told, media_type=media_type)
