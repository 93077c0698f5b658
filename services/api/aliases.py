"""Other addresses of people, for coordinators: who answers from one answers for whom it stands for."""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from services.api.access import Booker
from services.api.answer_schemas import AliasView, NewAlias
from services.api.preferences import IdempotencyKey
from services.api.problems import answers
from services.api.transactions import InTransaction, Reading, once
from shared.answering import aliases

router = APIRouter(prefix="/aliases", tags=["aliases"])
After = Annotated[int, Query(ge=0, lt=2**63, description="the id of the last one of the page before")]


@router.get("", response_model=list[AliasView], responses=answers(401, 403, 422))
def index(db: Reading, caller: Booker, after: After = 0) -> list[AliasView]:
    """Those of the site, 200 at a time."""
    found = aliases.aliases_of(db, by=caller.actor, after=after)
    return [AliasView.model_validate(alias, from_attributes=True) for alias in found]


@router.post("", status_code=201, response_model=AliasView, responses=answers(401, 403, 409, 413, 422))
def add(db: InTransaction, alias: NewAlias, caller: Booker, key: IdempotencyKey) -> Response:
    """Register one; known already, it is the same."""

    def do() -> Response:
        row = aliases.add(db, alias.address, alias.means, by=caller.actor, now=datetime.now(UTC))
        view = AliasView.model_validate(row, from_attributes=True)
        return Response(view.model_dump_json(), 201, media_type="application/json")

    return once(db, key, do)


@router.delete("/{alias_id}", status_code=204, responses=answers(401, 403, 404, 422))
def remove(db: InTransaction, alias_id: Annotated[int, Path(ge=1, lt=2**63)], caller: Booker) -> Response:
    """Forget one; what was answered from there stays."""
    aliases.remove(db, alias_id, by=caller.actor, now=datetime.now(UTC))
    return Response(status_code=204)
