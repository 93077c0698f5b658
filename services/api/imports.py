"""Imports: a file of existing bookings, taken over whole or not at all."""

from datetime import UTC, datetime
from http import HTTPStatus
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, HTTPException, Query, Request, Response

from services.api.access import Booker
from services.api.preferences import IdempotencyKey
from services.api.problems import answers, language_of
from services.api.record_schemas import HowToImport, ReportView
from services.api.transactions import InTransaction, once
from shared.domain.errors import ImportRefusedError, NotAllowedError
from shared.importing import File, Kind, import_file

router = APIRouter(prefix="/imports", tags=["imports"])

KINDS: Final[dict[str, Kind]] = {"text/csv": "csv", "text/calendar": "calendar"}
BODY: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "description": "The file, 5 MB at most.",
        "content": {media_type: {"schema": {"type": "string"}} for media_type in KINDS},
    }
}
TRIED: dict[int | str, dict[str, Any]] = {200: {"model": ReportView, "description": "What a dry run found"}}


async def sent_kind(request: Request, caller: Booker) -> Kind:
    """What sort of file comes, by its Content-Type; raises 403 and 415 before any of it is read."""
    if not caller.is_coordinator:
        raise NotAllowedError("Only a coordinator imports bookings.")
    kind = KINDS.get(request.headers.get("content-type", "").partition(";")[0].strip().lower())
    if kind is None:
        raise HTTPException(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, f"Send {' or '.join(KINDS)}, and say so.")
    return kind


async def sent_file(request: Request, kind: Annotated[Kind, Depends(sent_kind)]) -> bytes:
    _ = kind  # known before the body is read
    return await request.body()


@router.post(
    "",
    status_code=201,
    response_model=ReportView,
    responses=answers(401, 403, 409, 413, 415, 422) | TRIED,
    openapi_extra=BODY,
)
def take_over(
    request: Request,
    db: InTransaction,
    caller: Booker,
    how: Annotated[HowToImport, Query()],
    kind: Annotated[Kind, Depends(sent_kind)],
    content: Annotated[bytes, Depends(sent_file)],
    key: IdempotencyKey,
) -> Response:
    """Take over existing bookings from a CSV table or an iCalendar file; for coordinators.

    Each line is a request like any other, of the coordinator on behalf of its organiser, and all are decided together:
    when one is refused or unreadable, nothing is written, and the 409 has the report line by line. Rules of the house
    are set aside, on record; conflicts and safety limits never are. What is there already, by its UID or as the same
    title at the same time in the same rooms, is skipped: the same file can come again.

    Existing bookings were told long ago: without `notify` nobody gets a mail, now or the day before, and whoever is
    invited hears of a booking with its first change. While a file is taken over (5,000 lines take some seconds) nothing
    else is decided at this site.
    """

    def do() -> Response:
        name = how.name or f"import.{'csv' if kind == 'csv' else 'ics'}"
        file = File(name, kind, content)
        now = datetime.now(UTC)
        report = import_file(db, file, by=caller.actor, now=now, dry_run=how.dry_run, notify=how.notify)
        view = ReportView.of(report, language_of(request))
        if not how.dry_run and not report.is_written:
            raise ImportRefusedError(view.summary, report=view.model_dump(mode="json"))
        return Response(view.model_dump_json(), 200 if how.dry_run else 201, media_type="application/json")

    return once(db, key, do)
