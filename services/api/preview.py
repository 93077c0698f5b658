"""Previews: what would become of a request now, decided by the same code and taken back."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from fastapi import APIRouter, Request, Response

from services.api.access import Booker, Caller
from services.api.alternatives import series_members
from services.api.outputs import ReservationView
from services.api.problems import answers, language_of, problem
from services.api.reservations import wish_of
from services.api.schemas import NewReservation
from services.api.series import refused_series, series_view, series_wish
from services.api.series_schemas import NewSeries, SeriesView
from services.api.transactions import InTransaction
from services.api.views import refusal_members, rows_of, view
from shared import behalf, booking, recurring
from shared.domain.errors import CreneauError
from shared.previewing import preview
from shared.store.base import Db
from shared.store.reservations import dates_of

router = APIRouter(tags=["previews"])

ANSWERS = answers(401, 403, 409, 413, 422)


@router.post("/reservations/preview", response_model=ReservationView, responses=ANSWERS)
def preview_reservation(db: InTransaction, wish: NewReservation, caller: Booker, request: Request) -> Response:
    """What would become of this request if it were made now; nothing is taken, and nobody is told."""
    now = datetime.now(UTC)
    owner_id = behalf.owner(db, wish.on_behalf_of, by=caller.actor).id if wish.on_behalf_of else None

    def ask() -> Sequence[int]:
        [result] = booking.request(db, [wish_of(wish, caller, None, owner_id)], now=now)
        if isinstance(result, CreneauError):
            raise result
        return [result]

    def show(ids: Sequence[int]) -> Response:
        row = rows_of(db, ids, None)[ids[0]]
        shown = view(row, caller)
        if row.refusal is None:
            return Response(shown.model_dump_json(), media_type="application/json")
        return _refused(db, row.id, caller, request, {"reservation": shown.model_dump(mode="json")})

    return preview(db, caller.site_id, ask, show, now=now)


@router.post("/series/preview", response_model=SeriesView, responses=ANSWERS)
def preview_series(db: InTransaction, wanted: NewSeries, caller: Booker, request: Request) -> Response:
    """What would become of each date of this series if it were asked for now; nothing is taken, and nobody is told."""
    now = datetime.now(UTC)
    series_ids: list[int] = []

    def ask() -> Sequence[int]:
        series = recurring.request_series(db, series_wish(wanted, caller, db), now=now)
        series_ids.append(series.id)
        return [reservation.id for reservation in dates_of(db, series)]

    def show(_: Sequence[int]) -> Response:
        shown = series_view(db, series_ids[0], caller)
        refused = refused_series(db, series_ids[0])
        if refused is None:
            return Response(shown.model_dump_json(), media_type="application/json")
        more = series_members(db, series_ids[0], language_of(request), now)
        return _refused(db, refused, caller, request, more | {"series": shown.model_dump(mode="json")})

    return preview(db, caller.site_id, ask, show, now=now)


def _refused(db: Db, reservation_id: int, caller: Caller, request: Request, shown: dict[str, Any]) -> Response:
    members = refusal_members(db, reservation_id, caller, language_of(request), datetime.now(UTC))
    return problem(409, members.pop("code"), members.pop("detail"), members=members | shown)
