"""Series: ask, read, change from a date on or as a whole, give back, bring dates back."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request, Response
from sqlalchemy import select

from services.api.access import Anyone, Booker, Caller
from services.api.alternatives import series_members
from services.api.preferences import IdempotencyKey, Wait
from services.api.problems import answers, language_of, problem
from services.api.reservations import overriding, wish_at
from services.api.schemas import Reason
from services.api.series_schemas import ChangedSeries, NewSeries, ReturningDate, SeriesEnd, SeriesView
from services.api.transactions import InTransaction, Reading, once
from services.api.views import refusal_members, rows_of, seen_by, view
from shared import behalf, holds, recurring
from shared.domain.errors import NotFoundError
from shared.domain.slots import Slot, instant
from shared.domain.states import State
from shared.store.base import Db, transaction
from shared.store.idempotency import Key
from shared.store.reservations import Reservation
from shared.store.series import Series

router = APIRouter(prefix="/series", tags=["series"])

SeriesId = Annotated[int, Path(ge=1, lt=2**63)]
DECIDED: dict[int | str, dict[str, Any]] = {201: {"model": SeriesView, "description": "Every date is decided"}}


@router.post("", status_code=202, response_model=SeriesView, responses=answers(401, 403, 409, 413, 422) | DECIDED)
async def ask(request: Request, wanted: NewSeries, caller: Booker, key: IdempotencyKey, wait: Wait) -> Response:
    """Ask for a series; all its dates are decided together, and the answer says what became of each."""
    series_id = await asyncio.to_thread(_ask, wanted, caller, key)
    return await _answer(request, series_id, caller, wait, decided=201)


@router.get("/{series_id}", response_model=SeriesView, responses=answers(401, 404, 422))
def show(db: Reading, caller: Anyone, series_id: SeriesId) -> Response:
    """One series with all its dates."""
    return _shown(db, series_id, caller, 200)


@router.patch(
    "/{series_id}",
    response_model=SeriesView,
    responses=answers(401, 403, 404, 409, 413, 422)
    | {202: {"model": SeriesView, "description": "The old times hold meanwhile"}},
)
async def change(request: Request, series_id: SeriesId, wanted: ChangedSeries, caller: Booker, wait: Wait) -> Response:
    """Change all dates, or one and later ones: all get the new time and rooms, or none does."""
    changed = await asyncio.to_thread(_change, request, series_id, wanted, caller)
    request.app.state.bell.for_moves()
    return await _answer(request, series_id, caller, wait, decided=200, changed=changed)


@router.post(
    "/{series_id}/cancellation",
    status_code=201,
    response_model=SeriesView,
    responses=answers(401, 403, 404, 409, 413, 422),
)
def cancel(db: InTransaction, series_id: SeriesId, end: SeriesEnd, caller: Booker, key: IdempotencyKey) -> Response:
    """Give back all dates that have not begun, or those from one on; everybody who was invited is told."""

    def do(now: datetime) -> None:
        recurring.cancel_series(db, series_id, since=end.since, reason=end.reason, by=caller.actor, now=now)

    return _once(db, key, series_id, caller, do)


@router.post(
    "/{series_id}/approval",
    status_code=201,
    response_model=SeriesView,
    responses=answers(401, 403, 404, 409, 413, 422),
)
def approve(db: InTransaction, series_id: SeriesId, why: Reason, caller: Booker, key: IdempotencyKey) -> Response:
    """Approve all dates that await a coordinator."""

    def do(now: datetime) -> None:
        holds.approve_series(db, series_id, reason=why.reason, by=caller.actor, now=now)

    return _once(db, key, series_id, caller, do)


@router.post(
    "/{series_id}/dates",
    status_code=202,
    response_model=SeriesView,
    responses=answers(401, 403, 404, 409, 413, 422) | DECIDED,
)
async def bring_back(
    request: Request, series_id: SeriesId, day: ReturningDate, caller: Booker, key: IdempotencyKey, wait: Wait
) -> Response:
    """Ask again for a date that was skipped, refused or cancelled; it is decided like any new request."""
    await asyncio.to_thread(_bring_back, series_id, day, caller, key)
    return await _answer(request, series_id, caller, wait, decided=201)


def series_wish(wanted: NewSeries, caller: Caller, db: Db, key: Key | None = None) -> recurring.SeriesWish:
    owner_id = behalf.owner(db, wanted.on_behalf_of, by=caller.actor).id if wanted.on_behalf_of else None
    sample = Slot(instant(wanted.start, "UTC"), instant(wanted.end, "UTC"))  # each date has its own
    return recurring.SeriesWish(
        wish=wish_at(sample, wanted, caller, key, owner_id),
        rule=wanted.recurrence,
        start=wanted.start,
        length=wanted.length,
        zone=wanted.zone,
        skip=frozenset(wanted.skip),
        on_conflict=wanted.on_conflict,
    )


def series_view(db: Db, series_id: int, caller: Caller) -> SeriesView:
    """The series with its dates; raises NotFoundError for whoever may not know of it."""
    series = db.scalars(select(Series).where(Series.id == series_id, Series.site_id == caller.site_id)).first()
    if series is None or series.head_id is None:
        raise NotFoundError("There is no such series.")
    seen_by(db, series.head_id, caller)
    ids = list(
        db.scalars(
            select(Reservation.id)
            .where(Reservation.series_id == series_id)
            .order_by(Reservation.recurs_at, Reservation.id)
        )
    )
    rows = rows_of(db, ids, caller)
    dates = [view(rows[id_], caller) for id_ in ids]
    later = db.scalars(select(Series.id).where(Series.split_from == series_id, Series.head_id.is_not(None)))
    return SeriesView(
        id=series.id,
        title=dates[0].title if dates else "",
        rule=series.rule,
        start=series.starts_on.isoformat(timespec="minutes"),
        length_minutes=int(series.length.total_seconds() // 60),
        zone=series.zone,
        on_conflict=series.on_conflict,
        skipped=series.skipped,
        split_from=series.split_from,
        goes_on_in=list(later),
        created_at=series.created_at,
        dates=dates,
    )


def refused_series(db: Db, series_id: int) -> int | None:
    """When none of its dates was granted: the first that somebody or some rule stands in the way of."""
    dates = db.scalars(
        select(Reservation).where(Reservation.series_id == series_id).order_by(Reservation.recurs_at)
    ).all()
    return _first_refused(dates) if all(r.state is State.REFUSED for r in dates) else None


def refused_change(db: Db, ids: Sequence[int]) -> int | None:
    """When a change of these dates was refused: the first that stands in its way."""
    return _first_refused(
        db.scalars(
            select(Reservation)
            .where(Reservation.id.in_(ids), Reservation.refusal.is_not(None))
            .order_by(Reservation.recurs_at)
        ).all()
    )


def _first_refused(dates: Sequence[Reservation]) -> int | None:
    """That one which was refused for itself, and not because of others."""
    reasons = [r.id for r in dates if r.refusal and r.refusal["code"] != "series_refused"]
    return next(iter(reasons + [r.id for r in dates]), None)


def _ask(wanted: NewSeries, caller: Caller, key: Key | None) -> int:
    with transaction() as db:

        def do() -> Response:
            series = recurring.request_series(db, series_wish(wanted, caller, db), now=datetime.now(UTC))
            return Response(str(series.id))

        # the answer that is remembered is the id alone: what became of the dates is read anew
        return int(once(db, key, do).body)


def _change(request: Request, series_id: int, wanted: ChangedSeries, caller: Caller) -> list[int]:
    """The reservations of which something now waits to be decided."""
    with transaction() as db:
        wanted_change = wanted.change(overriding(wanted.override, caller))
        recurring.change_series(db, series_id, wanted_change, by=caller.actor, now=datetime.now(UTC))
        waiting = _waiting(db, series_id)
        for reservation_id in waiting:  # before the commit, after which the decision may come at any time
            request.app.state.decisions.will_change(reservation_id)
        return waiting


def _bring_back(series_id: int, day: ReturningDate, caller: Caller, key: Key | None) -> None:
    with transaction() as db:

        def do() -> Response:
            return Response(str(recurring.bring_back(db, series_id, day.date, by=caller.actor, now=datetime.now(UTC))))

        once(db, key, do)


def _once(db: Db, key: Key | None, series_id: int, caller: Caller, verb: Callable[[datetime], None]) -> Response:
    def do() -> Response:
        verb(datetime.now(UTC))
        db.flush()
        return _shown(db, series_id, caller, 201)

    return once(db, key, do)


async def _answer(
    request: Request, series_id: int, caller: Caller, wait: float, *, decided: int, changed: list[int] | None = None
) -> Response:
    """The series once its dates are decided, or after the preferred wait; 409 when none of them got what was asked."""
    request.app.state.bell.for_requests()
    waiting = await asyncio.to_thread(_read_waiting, series_id)
    if wait and waiting:
        await request.app.state.decisions.wait(waiting[0], wait)  # they are decided together
    answer = await asyncio.to_thread(_read, series_id, caller, decided, changed or [], language_of(request))
    if wait and answer.status_code != 202:  # noqa: PLR2004
        answer.headers["Preference-Applied"] = "wait"
    return answer


def _read(series_id: int, caller: Caller, decided: int, changed: list[int], language: str) -> Response:
    with transaction() as db:
        if _waiting(db, series_id):
            answer = _shown(db, series_id, caller, 202)
            answer.headers["Retry-After"] = "1"
            return answer
        refused = refused_change(db, changed) if changed else refused_series(db, series_id)
        if refused is None:
            return _shown(db, series_id, caller, decided)
        members = refusal_members(db, refused, caller, language, datetime.now(UTC))
        if not changed:
            members |= series_members(db, series_id, language, datetime.now(UTC))
        shown = series_view(db, series_id, caller).model_dump(mode="json")
        return problem(409, members.pop("code"), members.pop("detail"), members=members | {"series": shown})


def _read_waiting(series_id: int) -> list[int]:
    with transaction() as db:
        return _waiting(db, series_id)


def _waiting(db: Db, series_id: int) -> list[int]:
    waiting = select(Reservation.id).where(Reservation.series_id == series_id, Reservation.turn.is_not(None))
    return list(db.scalars(waiting.order_by(Reservation.id)))


def _shown(db: Db, series_id: int, caller: Caller, status: int) -> Response:
    body = series_view(db, series_id, caller).model_dump_json()
    return Response(body, status, headers={"Location": f"/api/series/{series_id}"}, media_type="application/json")
