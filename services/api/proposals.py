"""Other times that people propose: their owner accepts one, which is decided like any move, or says no."""

import asyncio
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request, Response
from pydantic import TypeAdapter

from services.api.access import Anyone, Booker, Caller
from services.api.alternatives import alternative_views
from services.api.answer_schemas import ProposalView, ProposerView
from services.api.outputs import FindingView, ReservationView
from services.api.preferences import IdempotencyKey, Wait
from services.api.problems import answers, language_of
from services.api.reservations import Id, answered, inside
from services.api.schemas import Reason
from services.api.transactions import InTransaction, Reading, once
from services.api.views import finding_view
from shared.answering import proposals
from shared.domain.alternatives import Alternative
from shared.domain.refusals import Refusal
from shared.domain.sentences import SENTENCES
from shared.domain.slots import Slot
from shared.letters.facts import Language
from shared.store.base import Db, transaction
from shared.store.idempotency import Key
from shared.store.reservations import Reservation

router = APIRouter(prefix="/reservations/{reservation_id}/proposals", tags=["proposals"])
PROPOSALS = TypeAdapter(list[ProposalView])
ProposalId = Annotated[int, Path(ge=1, lt=2**63)]
MOVED: dict[int | str, dict[str, Any]] = {200: {"model": ReservationView, "description": "Moved in time"}}


@router.get("", response_model=list[ProposalView], responses=answers(401, 403, 404, 422))
def index(request: Request, db: Reading, reservation_id: Id, caller: Anyone) -> Response:
    """What was proposed, the newest first; of a series for all its dates. For the owner and coordinators."""
    inside(db, reservation_id, caller)
    found = proposals.proposals_of(db, db.get_one(Reservation, reservation_id))
    views = [_view(db, standing, language_of(request)) for standing in found]
    return Response(PROPOSALS.dump_json(views), media_type="application/json")


@router.post(
    "/{proposal_id}/acceptance",
    status_code=202,
    response_model=ReservationView,
    responses=answers(401, 403, 404, 409, 422) | MOVED,
)
async def accept(
    request: Request, reservation_id: Id, proposal_id: ProposalId, caller: Booker, key: IdempotencyKey, wait: Wait
) -> Response:
    """Ask for the proposed time; everybody is asked anew once it is granted. A move that is refused changes nothing."""
    moved = await asyncio.to_thread(_concerned, reservation_id, proposal_id, caller)
    request.app.state.decisions.will_change(moved)
    waits = await asyncio.to_thread(_accept, reservation_id, proposal_id, caller, key)
    request.app.state.bell.for_moves()
    if wait and waits:
        await request.app.state.decisions.wait(moved, wait)
    row = await request.app.state.reader.submit(moved)
    return await answered(request, row, caller, wait, confirmed=200, asked_to_move=waits)


@router.post(
    "/{proposal_id}/refusal",
    status_code=201,
    response_model=ProposalView,
    responses=answers(401, 403, 404, 409, 413, 422),
)
def decline(
    request: Request,
    db: InTransaction,
    reservation_id: Id,
    proposal_id: ProposalId,
    why: Reason,
    caller: Booker,
    key: IdempotencyKey,
) -> Response:
    """Say no, with words that whoever proposed it reads; the meeting stays as it is."""

    def do() -> Response:
        now = datetime.now(UTC)
        standing = proposals.decline(db, reservation_id, proposal_id, comment=why.reason, by=caller.actor, now=now)
        view = _view(db, standing, language_of(request))
        return Response(view.model_dump_json(), 201, media_type="application/json")

    return once(db, key, do)


def _concerned(reservation_id: int, proposal_id: int, caller: Caller) -> int:
    """The reservation that would move."""
    with transaction() as db:
        return proposals.own_proposal(db, reservation_id, proposal_id, by=caller.actor).reservation.id


def _accept(reservation_id: int, proposal_id: int, caller: Caller, key: Key | None) -> bool:
    """Whether a move now waits to be decided."""
    with transaction() as db:

        def do() -> Response:
            proposals.accept(db, reservation_id, proposal_id, by=caller.actor, now=datetime.now(UTC))
            return Response(status_code=202)

        once(db, key, do)
        return proposals.own_proposal(db, reservation_id, proposal_id, by=caller.actor).reservation.turn is not None


def _view(db: Db, standing: proposals.Standing, language: Language) -> ProposalView:
    proposal, attendee, reservation = standing.proposal, standing.attendee, standing.reservation
    obstacle = proposal.obstacle or {}
    return ProposalView(
        id=proposal.id,
        reservation=reservation.id,
        recurs_at=reservation.recurs_at,
        attendee=ProposerView(id=attendee.id, address=attendee.address, name=attendee.name),
        start=proposal.starts_at,
        end=proposal.ends_at,
        comment=proposal.comment,
        state="being_decided" if standing.is_under_way else proposal.state,
        is_free=proposal.is_free,
        obstacle=_obstacle(obstacle),
        alternatives=alternative_views(db, [_alternative(a) for a in obstacle.get("alternatives", ())], language),
        created_at=proposal.created_at,
        decided_at=proposal.decided_at,
    )


def _obstacle(obstacle: dict[str, Any]) -> FindingView | None:
    if "refusal" in obstacle:
        return finding_view(Refusal.from_json(obstacle["refusal"]))
    if "code" not in obstacle:
        return None
    code = obstacle["code"]
    return finding_view(Refusal(code)) if code in SENTENCES else FindingView(code=code, fr="", en="")


def _alternative(kept: dict[str, Any]) -> Alternative:
    slot = Slot(datetime.fromisoformat(kept["start"]), datetime.fromisoformat(kept["end"]))
    return Alternative(tuple(kept["resource_ids"]), slot, kept["layout"], kept["reason"])
