"""Exports: the reservations of a selection as one file."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Annotated, Any, Final

from fastapi import APIRouter, Path, Query, Response

from services.api.access import Booker, Caller
from services.api.listing import Narrowing
from services.api.problems import answers
from services.api.transactions import Reading
from shared.domain.errors import NotAllowedError
from shared.exporting import Format, export_file
from shared.store.selection import Selection

router = APIRouter(prefix="/exports", tags=["exports"])

MEDIA_TYPES: Final[dict[Format, str]] = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "ics": "text/calendar; charset=utf-8",
}
FILE: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The file",
        "content": {
            media_type.partition(";")[0]: {"schema": {"type": "string", "format": "binary"}}
            for media_type in MEDIA_TYPES.values()
        },
    }
}


@router.get("/reservations.{form}", response_class=Response, responses=answers(401, 403, 422) | FILE)
def reservations(
    db: Reading, caller: Booker, form: Annotated[Format, Path()], narrowing: Annotated[Narrowing, Query()]
) -> Response:
    """The reservations as a table, a workbook or a calendar, 20,000 at most: one's own, or for a coordinator all."""
    content = export_file(db, _own(narrowing.selection(db, caller), caller), form, now=datetime.now(UTC))
    headers = {"Content-Disposition": f'attachment; filename="reservations.{form}"'}
    return Response(content, headers=headers, media_type=MEDIA_TYPES[form])


def _own(selection: Selection, caller: Caller) -> Selection:
    """Narrowed to what the caller may carry away; raises NotAllowedError."""
    own = caller.identity.person_id
    if caller.is_coordinator:
        return selection
    if selection.person_id not in {None, own}:
        raise NotAllowedError("You may export your own reservations; a coordinator exports all.")
    return replace(selection, person_id=own)
