"""The audit, for coordinators, and the history of one reservation: the log as sentences."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from services.api.access import Booker, Caller
from services.api.outputs import EventView, PersonView
from services.api.problems import answers, language_of
from services.api.record_schemas import AuditFilters, AuditPage, FactView
from services.api.transactions import Reading
from shared.chronicle import Sought, Told, told
from shared.domain.errors import NotAllowedError
from shared.domain.slots import instant
from shared.letters.facts import Language
from shared.store.base import Db

router = APIRouter(prefix="/audit", tags=["audit"])

# a reservation that changes often may have some hundred
MOST_OF_ONE = 10_000


@router.get("", response_model=AuditPage, responses=answers(401, 403, 422))
def index(request: Request, db: Reading, caller: Booker, filters: Annotated[AuditFilters, Query()]) -> Response:
    """Who did what when, whence, why and on whose behalf, newest first; reservations and the house itself."""
    if not caller.is_coordinator:
        raise NotAllowedError("Only a coordinator reads the audit; the history of your own reservations is yours.")
    found = told(db, _sought(filters, caller), language_of(request), most=filters.limit + 1, newest_first=True)
    shown = found[: filters.limit]
    following = str(shown[-1].row.id) if len(found) > filters.limit else None
    headers = {}
    if following:
        headers["Link"] = f'<{request.url.include_query_params(cursor=following)}>; rel="next"'
    page = AuditPage(items=[_view(fact) for fact in shown], next=following)
    return Response(page.model_dump_json(), headers=headers, media_type="application/json")


def history_of(db: Db, reservation_id: int, caller: Caller, language: Language) -> list[EventView]:
    """The story of a reservation; whence others act is for coordinators."""
    facts = told(db, Sought(caller.site_id, reservation_id=reservation_id), language, most=MOST_OF_ONE)
    return [
        EventView(
            id=fact.row.id,
            type=fact.row.type,
            data=fact.row.data,
            sentence=fact.sentence,
            by=fact.row.person,
            on_behalf_of=fact.row.behalf,
            source=fact.row.source if _sees_source(fact, caller) else None,
            reason=fact.reason,
            recorded_at=fact.row.recorded_at,
            correlation_id=fact.row.correlation_id,
        )
        for fact in facts
    ]


def _sees_source(fact: Told, caller: Caller) -> bool:
    return caller.is_coordinator or bool(fact.row.person_id == caller.identity.person_id)


def _sought(filters: AuditFilters, caller: Caller) -> Sought:
    own = caller.identity.person_id
    return Sought(
        site_id=caller.site_id,
        reservation_id=filters.reservation,
        subject=filters.subject,
        person_id=own if filters.person == "me" else int(filters.person) if filters.person else None,
        type=filters.type,
        after=instant(filters.start, filters.zone) if filters.start else None,
        before=instant(filters.end, filters.zone) if filters.end else None,
        older_than=filters.cursor,
    )


def _view(fact: Told) -> FactView:
    row = fact.row
    return FactView(
        id=row.id,
        recorded_at=row.recorded_at,
        type=row.type,
        sentence=fact.sentence,
        by=PersonView(id=row.person_id, name=row.person) if row.person_id else None,
        on_behalf_of=PersonView(id=row.on_behalf_of, name=row.behalf) if row.on_behalf_of else None,
        source=row.source,
        reason=fact.reason,
        subject=row.subject,
        reservation=row.reservation_id,
        title=row.title,
        data=row.data,
        correlation_id=row.correlation_id,
    )
