"""The one place where errors become answers: RFC 9457 problems, in French unless English is asked for."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import orjson
import structlog
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field
from pydantic.json_schema import models_json_schema
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from starlette.exceptions import HTTPException
from starlette.routing import Match

from services.api.outputs import AlternativeView, ConflictView, DateAlternativesView, PlanView, ReservationView
from services.api.record_schemas import ReportView
from shared.domain.errors import (
    CreneauError,
    ExternalEntryError,
    ImportRefusedError,
    InvalidInputError,
    KeyReusedError,
    NotAllowedError,
    NotFoundError,
    RefusedError,
    StaleVersionError,
    WrongStateError,
)
from shared.letters.facts import Language

STATUS: Mapping[type[CreneauError], int] = {
    ExternalEntryError: 409,
    ImportRefusedError: 409,
    InvalidInputError: 422,
    KeyReusedError: 422,
    NotAllowedError: 403,
    NotFoundError: 404,
    RefusedError: 409,
    StaleVersionError: 412,
    WrongStateError: 409,
}
# where the standard library has renamed the status, or names it for what it is not
CODES: Mapping[int, str] = {400: "unreadable_body", 413: "too_large"}
MEDIA_TYPE = "application/problem+json"
COMPONENT = "#/components/schemas/{model}"
LONGEST_ECHO = 200
NOTHING: Mapping[str, Any] = {}
SLOT_CODES = frozenset(
    {
        "naive_time",
        "slot_reversed",
        "slot_too_long",
        "time_does_not_exist",
        "time_exists_twice",
        "time_out_of_range",
        "unknown_zone",
    }
)

log = structlog.get_logger()


class Problem(BaseModel):
    """What went wrong, why, and what to do (RFC 9457)."""

    type: str = Field("about:blank", description="always about:blank; `code` is what a program looks at")
    title: str
    status: int
    detail: str
    code: str = Field(description="stable, such as `room_taken`")
    errors: list[dict[str, object]] = Field([], description="for 422: where in the request, and what is wrong there")


class Refusal(Problem):
    """A 409; when a rule or somebody else's reservation stands in the way, it says which, and what is free instead."""

    facts: dict[str, str | int] = Field({}, description="the values that the rule compared")
    fix: dict[str, Any] = Field({}, description="the part of a request that would pass: the nearest one")
    advice: str = Field("", description="the same in words")
    may_override: str = Field("nobody", description="`coordinator` or `nobody`")
    conflicts: list[ConflictView] = Field([], description="what is in the way, as much of it as the caller may see")
    alternatives: list[AlternativeView] = Field([], description="up to three that were free a moment ago; no promise")
    by_date: list[DateAlternativesView] = Field([], description="for a series: what each conflicting date could have")
    plans: list[PlanView] = Field([], description="for a series: ways to have all of it")
    reservation: ReservationView | None = Field(None, description="what became of the request or the move")
    report: ReportView | None = Field(None, description="of an import: what became of each line")


def answers(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """For the documentation of a route: the problems that it may answer with; the database may always be away."""
    always = {503, 400} if HTTPStatus.REQUEST_ENTITY_TOO_LARGE in statuses else {503}  # a body may be unreadable
    return {
        status: {
            "description": HTTPStatus(status).phrase,
            "content": {MEDIA_TYPE: {"schema": {"$ref": COMPONENT.format(model=_model(status).__name__)}}},
        }
        for status in sorted(always.union(statuses))
    }


def schemas() -> dict[str, Any]:
    """The schemas that `answers` refers to, for the components of the document."""
    _, together = models_json_schema([(Problem, "validation"), (Refusal, "validation")], ref_template=COMPONENT)
    found: dict[str, Any] = together["$defs"]
    return found


def problem(
    status: int,
    code: str,
    detail: str,
    *,
    headers: Mapping[str, str] | None = None,
    members: Mapping[str, Any] = NOTHING,
) -> Response:
    """A problem answer; `members` are its extensions."""
    body = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": detail, "code": code}
    content = orjson.dumps(body | dict(members), default=str)
    return Response(content, status, headers=dict(headers or {}), media_type=MEDIA_TYPE)


def answer_errors(app: FastAPI) -> None:
    """Have the app answer every error as a problem; the handlers are async, for others take a thread each time."""
    app.add_exception_handler(CreneauError, _domain)
    app.add_exception_handler(RequestValidationError, _validation)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(DBAPIError, _database)
    app.add_exception_handler(PoolTimeoutError, _away)
    app.add_exception_handler(Exception, _unforeseen)


def language_of(request: Request) -> Language:
    """`en` when the caller puts English first, else `fr`."""
    return "en" if request.headers.get("accept-language", "").lower().startswith("en") else "fr"


def _model(status: int) -> type[Problem]:
    return Refusal if status == HTTPStatus.CONFLICT else Problem


async def _domain(request: Request, error: Exception) -> Response:
    assert isinstance(error, CreneauError)  # noqa: S101  registered for it
    language = language_of(request)
    if not isinstance(error, RefusedError):
        members = dict(error.details)
        sentences = members.pop("sentences", None)  # of a file, in both languages
        detail = sentences[language] if isinstance(sentences, dict) else error.message
        return problem(STATUS[type(error)], error.code, detail, members=members)
    refusal = error.refusal
    members = {"facts": refusal.facts, "fix": refusal.fix, "advice": refusal.advice(language)}
    members["may_override"] = refusal.override
    return problem(STATUS[type(error)], error.code, refusal.sentence(language), members=members)


async def _validation(_: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101  registered for it
    errors = [
        {
            "where": ".".join(str(part)[:60] for part in e["loc"][1:]) or "request",
            "problem": str(e["msg"])[:LONGEST_ECHO],
            "code": e.get("ctx", {}).get("code", e["type"]),
        }
        for e in error.errors()[:20]
    ]
    first = errors[0]
    # one thing that is wrong has its own code, several have a common one
    code = first["code"] if len(errors) == 1 and errors[0]["code"] in SLOT_CODES else "invalid_input"
    return problem(422, code, f"{first['where']}: {first['problem']}", members={"errors": errors})


async def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101  registered for it
    headers = dict(error.headers or {})
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        headers["Allow"] = ", ".join(_methods_here(request))
    code = CODES.get(error.status_code) or HTTPStatus(error.status_code).name.lower()
    return problem(error.status_code, code, str(error.detail), headers=headers)


def _methods_here(request: Request) -> list[str]:
    """All that is answered at this address; the router itself names the methods of one route of several."""
    found = [
        method
        for method in ("GET", "POST", "PATCH", "DELETE", "OPTIONS", "PROPFIND", "REPORT")
        if any(route.matches({**request.scope, "method": method})[0] is Match.FULL for route in request.app.routes)
    ]
    return ["GET", "HEAD", *found[1:]] if "GET" in found else found


async def _database(request: Request, error: Exception) -> Response:
    if isinstance(error, OperationalError | InterfaceError):
        return await _away(request, error)
    return await _unforeseen(request, error)


async def _away(_: Request, error: Exception) -> Response:
    log.warning("database away or busy", error=str(error)[:LONGEST_ECHO])
    detail = (
        "The database is away or busy for a moment. Try again, with the same Idempotency-Key: nothing is done twice."
    )
    return problem(503, "try_again", detail, headers={"Retry-After": "2"})


async def _unforeseen(request: Request, error: Exception) -> Response:
    # from the scope: what is answered here is outside of the middleware that binds it
    correlation_id = request.scope["correlation_id"]
    log.error("unforeseen error", exc_info=error, correlation_id=correlation_id)
    detail = (
        f"Something went wrong on our side, and it is in our log under {correlation_id}. Please tell us that number."
    )
    return problem(500, "unforeseen", detail, headers={"X-Request-ID": correlation_id})
