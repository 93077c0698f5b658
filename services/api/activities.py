"""Activities and their sessions: register, read, change, call off."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import Field, TypeAdapter
from sqlalchemy import select

from services.api.access import Booker, Caller
from services.api.preferences import IdempotencyKey, Version, Wait, etag
from services.api.problems import answers
from services.api.programme_schemas import ActivityChange, ActivityPage, ActivityView, Kind, NewActivity, NewSession
from services.api.schemas import Reason, Strict
from services.api.sessions import session_views
from services.api.transactions import InTransaction, Reading, once
from shared import programme
from shared.domain.errors import NotFoundError, StaleVersionError
from shared.store.base import Db, transaction
from shared.store.idempotency import Key
from shared.store.programme import Activity, Session
from shared.store.reservations import Reservation

router = APIRouter(tags=["activities"])

DECIDED: dict[int | str, dict[str, Any]] = {201: {"model": ActivityView, "description": "Every session is decided"}}
KIND: TypeAdapter[Kind] = TypeAdapter(Kind)
ActivityId = Annotated[int, Path(ge=1, lt=2**63)]


class Page(Strict):
    limit: Annotated[int, Field(ge=1, le=100)] = 20
    cursor: Annotated[int | None, Field(ge=1, lt=2**63)] = None


@router.post(
    "/activities",
    status_code=202,
    response_model=ActivityView,
    responses=answers(401, 403, 413, 422) | DECIDED,
)
async def register(request: Request, plan: NewActivity, caller: Booker, key: IdempotencyKey, wait: Wait) -> Response:
    """Register an activity and ask for what its sessions need; each session's reservation says what became of it."""
    activity_id = await asyncio.to_thread(_register, plan, caller, key)
    return await _answer_decided(request, activity_id, caller, wait)


@router.get("/activities", response_model=ActivityPage, responses=answers(401, 403, 422))
def index(request: Request, db: Reading, caller: Booker, page: Annotated[Page, Query()]) -> Response:
    """The activities of the site, newest first."""
    found = db.scalars(
        select(Activity)
        .where(Activity.site_id == caller.site_id, *([Activity.id < page.cursor] if page.cursor else []))
        .order_by(Activity.id.desc())
        .limit(page.limit + 1)
    ).all()
    shown = found[: page.limit]
    following = str(shown[-1].id) if len(found) > page.limit else None
    headers = {}
    if following:
        headers["Link"] = f'<{request.url.include_query_params(cursor=following)}>; rel="next"'
    body = ActivityPage(items=_views(db, shown, caller), next=following)
    return Response(body.model_dump_json(), headers=headers, media_type="application/json")


@router.get(
    "/activities/{activity_id}",
    response_model=ActivityView,
    responses=answers(401, 403, 404, 422),
)
def show(db: Reading, activity_id: ActivityId, caller: Booker) -> Response:
    """One activity with its sessions."""
    return _shown(db, activity_id, caller, 200)


@router.patch(
    "/activities/{activity_id}",
    response_model=ActivityView,
    responses=answers(401, 403, 404, 412, 413, 422, 428),
)
def change(
    db: InTransaction, activity_id: ActivityId, wanted: ActivityChange, caller: Booker, version: Version
) -> Response:
    """Change the words of an activity, of which everybody who is invited to a session is told; or who may see it."""
    activity = programme.own_activity(db, activity_id, by=caller.actor)
    if version is not None and activity.version != version:
        raise StaleVersionError("Somebody changed this activity since you read it: read it again.")
    now = datetime.now(UTC)
    if wanted.title is not None or wanted.description is not None:
        programme.describe(db, activity, title=wanted.title, description=wanted.description, by=caller.actor, now=now)
    if wanted.is_public is not None:
        programme.show(db, activity, publicly=wanted.is_public, by=caller.actor, now=now)
    return _shown(db, activity_id, caller, 200)


@router.post(
    "/activities/{activity_id}/cancellation",
    status_code=201,
    response_model=ActivityView,
    responses=answers(401, 403, 404, 409, 413, 422),
)
def call_off(db: InTransaction, activity_id: ActivityId, why: Reason, caller: Booker, key: IdempotencyKey) -> Response:
    """Cancel an activity with all its sessions; everybody who was invited is told."""

    def do() -> Response:
        activity = programme.own_activity(db, activity_id, by=caller.actor)
        programme.call_off(db, activity, reason=why.reason, by=caller.actor, now=datetime.now(UTC))
        return _shown(db, activity_id, caller, 201)

    return once(db, key, do)


@router.post(
    "/activities/{activity_id}/sessions",
    status_code=202,
    response_model=ActivityView,
    responses=answers(401, 403, 404, 409, 413, 422) | DECIDED,
)
async def add_session(
    request: Request,
    activity_id: ActivityId,
    session: NewSession,
    caller: Booker,
    key: IdempotencyKey,
    wait: Wait,
) -> Response:
    """Add a session to an activity."""
    await asyncio.to_thread(_add_session, activity_id, session, caller, key)
    return await _answer_decided(request, activity_id, caller, wait)


def _register(plan: NewActivity, caller: Caller, key: Key | None) -> int:
    with transaction() as db:

        def do() -> Response:
            registered = programme.register(
                db,
                programme.Plan(
                    kind=plan.kind,
                    title=plan.title,
                    description=plan.description,
                    partner=plan.partner,
                    meetings=tuple(session.meeting for session in plan.sessions),
                    is_public=plan.is_public,
                ),
                by=caller.actor,
                now=datetime.now(UTC),
            )
            return Response(orjson.dumps(registered.id))

        # the answer that is remembered is the id alone: what became of the sessions is read anew
        return int(once(db, key, do).body)


def _add_session(activity_id: int, session: NewSession, caller: Caller, key: Key | None) -> None:
    with transaction() as db:

        def do() -> Response:
            activity = programme.own_activity(db, activity_id, by=caller.actor)
            added = programme.add_sessions(db, activity, [session.meeting], by=caller.actor, now=datetime.now(UTC))
            return Response(orjson.dumps(added[0].id))

        once(db, key, do)


async def _answer_decided(request: Request, activity_id: int, caller: Caller, wait: float) -> Response:
    """The activity as it is once its sessions are decided, or after the preferred wait."""
    request.app.state.bell.for_requests()
    if wait:
        ids = await asyncio.to_thread(_waiting_in, activity_id)
        # together, not one after the other: the wait is one for all
        await asyncio.gather(*(request.app.state.decisions.wait(id_, wait) for id_ in ids))
    answer = await asyncio.to_thread(_read, activity_id, caller)
    if wait and answer.status_code == HTTPStatus.CREATED:
        answer.headers["Preference-Applied"] = "wait"
    return answer


def _waiting_in(activity_id: int) -> list[int]:
    with transaction() as db:
        return list(
            db.scalars(
                select(Reservation.id)
                .join(Session, Session.reservation_id == Reservation.id)
                .where(Session.activity_id == activity_id, Reservation.turn.is_not(None))
            )
        )


def _read(activity_id: int, caller: Caller) -> Response:
    with transaction() as db:
        is_waiting = db.scalars(
            select(Session.id)
            .join(Reservation, Reservation.id == Session.reservation_id)
            .where(Session.activity_id == activity_id, Reservation.turn.is_not(None))
            .limit(1)
        ).first()
        answer = _shown(db, activity_id, caller, 202 if is_waiting else 201)
    if is_waiting:
        answer.headers["Retry-After"] = "1"
    return answer


def _shown(db: Db, activity_id: int, caller: Caller, status: int) -> Response:
    db.flush()
    activity = db.scalars(
        select(Activity).where(Activity.id == activity_id, Activity.site_id == caller.site_id)
    ).first()
    if activity is None:
        raise NotFoundError("There is no such activity.")
    return Response(
        _views(db, [activity], caller)[0].model_dump_json(),
        status,
        headers={"Location": f"/api/activities/{activity.id}", "ETag": etag(activity.version)},
        media_type="application/json",
    )


def _views(db: Db, activities: Sequence[Activity], caller: Caller) -> list[ActivityView]:
    sessions = db.scalars(
        select(Session).where(Session.activity_id.in_([a.id for a in activities])).order_by(Session.id)
    ).all()
    views = {activity.id: _view(activity) for activity in activities}
    for session, shown in zip(sessions, session_views(db, sessions, caller), strict=True):
        views[session.activity_id].sessions.append(shown)
    for activity in views.values():
        activity.sessions.sort(key=lambda session: (session.reservation.start, session.id))
    return list(views.values())


def _view(activity: Activity) -> ActivityView:
    return ActivityView(
        id=activity.id,
        kind=KIND.validate_python(activity.kind),
        title=activity.title,
        description=activity.description,
        partner=activity.partner.name if activity.partner else None,
        created_at=activity.created_at,
        cancelled_at=activity.cancelled_at,
        version=activity.version,
        is_public=activity.is_public,
        sessions=[],
    )
