"""Sessions: read, change, cancel one meeting of an activity."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from fastapi import APIRouter, Request, Response

from services.api.access import Booker, Caller
from services.api.preferences import IdempotencyKey, Version, Wait, etag
from services.api.problems import answers
from services.api.programme_schemas import SessionChange, SessionView
from services.api.reservations import Id, refused
from services.api.schemas import Reason
from services.api.transactions import InTransaction, Reading, once
from services.api.views import rows_of, view
from shared import booking, programme
from shared.store.base import Db, transaction
from shared.store.programme import Session

router = APIRouter(prefix="/sessions", tags=["sessions"])

MOVING: dict[int | str, dict[str, Any]] = {202: {"model": SessionView, "description": "The old slot holds meanwhile"}}


@router.get(
    "/{session_id}",
    response_model=SessionView,
    responses=answers(401, 403, 404, 422),
)
def show_session(db: Reading, session_id: Id, caller: Booker) -> Response:
    """One session; the ETag is that of its reservation."""
    return _shown(db, session_id, caller, 200)


@router.patch(
    "/{session_id}",
    response_model=SessionView,
    responses=answers(401, 403, 404, 409, 412, 413, 422, 428) | MOVING,
)
async def change_session(
    request: Request, session_id: Id, wanted: SessionChange, caller: Booker, version: Version, wait: Wait
) -> Response:
    """Change a session as one changes a reservation, or where it takes place elsewhere."""
    moving = await asyncio.to_thread(_change_session, request, session_id, wanted, caller, version)
    request.app.state.bell.for_moves()
    if moving is None:
        return await asyncio.to_thread(_read, session_id, caller, 200)
    if wait:
        await request.app.state.decisions.wait(moving, wait)
    row = await request.app.state.reader.submit(moving)
    if row.wanted_starts_at is not None or not wait:
        answer = await asyncio.to_thread(_read, session_id, caller, 202)
        answer.headers["Retry-After"] = "1"
        return answer
    if row.refusal is not None:
        return await refused(request, row, caller)
    answer = await asyncio.to_thread(_read, session_id, caller, 200)
    answer.headers["Preference-Applied"] = "wait"
    return answer


@router.post(
    "/{session_id}/cancellation",
    status_code=201,
    response_model=SessionView,
    responses=answers(401, 403, 404, 409, 413, 422),
)
def cancel_session(db: InTransaction, session_id: Id, why: Reason, caller: Booker, key: IdempotencyKey) -> Response:
    """Cancel one session; its rooms are free at once, and everybody who was invited is told."""

    def do() -> Response:
        session = Session.get(db, caller.site_id, session_id)
        booking.cancel(db, session.reservation_id, reason=why.reason, by=caller.actor, now=datetime.now(UTC))
        db.flush()
        return _shown(db, session_id, caller, 201)

    return once(db, key, do)


def session_views(db: Db, sessions: Sequence[Session], caller: Caller) -> list[SessionView]:
    """The sessions with their reservations, in the order given."""
    rows = rows_of(db, [session.reservation_id for session in sessions], caller)
    return [
        SessionView(
            id=session.id,
            place=session.place,
            where=session.where,
            reservation=view(rows[session.reservation_id], caller),
        )
        for session in sessions
    ]


def _change_session(
    request: Request, session_id: int, wanted: SessionChange, caller: Caller, version: int | None
) -> int | None:
    """The reservation that now waits to be decided, if a move was asked for."""
    now = datetime.now(UTC)
    with transaction() as db:
        session = Session.get(db, caller.site_id, session_id)
        request.app.state.decisions.will_change(session.reservation_id)
        change = booking.Change(
            slot=wanted.slot,
            resources=tuple(wanted.resources) if wanted.resources is not None else None,
            title=wanted.title,
            note=wanted.note,
            people=wanted.people,
        )
        changed = booking.change(db, session.reservation_id, change, version=version, by=caller.actor, now=now)
        if wanted.where is not None:
            programme.change_place(db, session, wanted.where, by=caller.actor, now=now)
        return changed.id if changed.turn is not None else None


def _read(session_id: int, caller: Caller, status: int) -> Response:
    with transaction() as db:
        return _shown(db, session_id, caller, status)


def _shown(db: Db, session_id: int, caller: Caller, status: int) -> Response:
    session = Session.get(db, caller.site_id, session_id)
    shown = session_views(db, [session], caller)[0]
    headers = {"Location": f"/api/sessions/{session_id}", "ETag": etag(shown.reservation.version)}
    return Response(shown.model_dump_json(), status, headers=headers, media_type="application/json")
