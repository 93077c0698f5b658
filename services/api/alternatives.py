"""What is free instead, as an answer shows it: for one request, for each date of a series, and for all of it."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select

from services.api.outputs import AlternativeView, DateAlternativesView, PlanView, ResourceView
from shared.availability import alternatives_to_series
from shared.domain.alternatives import Alternative
from shared.store.base import Db
from shared.store.places import Resource

Names = dict[int, ResourceView]


def alternative_views(db: Db, alternatives: Sequence[Alternative], language: str) -> list[AlternativeView]:
    """Each with its rooms by name, and why it is proposed."""
    names = _names(db, alternatives)
    return [_view(alternative, names, language) for alternative in alternatives]


def series_members(db: Db, series_id: int, language: str, now: datetime) -> dict[str, Any]:
    """For a series that was refused: what each conflicting date could have instead, and ways to have it all."""
    proposal = alternatives_to_series(db, series_id, now=now)
    by_date = [alternative for found in proposal.by_date.values() for alternative in found]
    names = _names(db, [*by_date, *(alternative for plan in proposal.plans for alternative in plan.dates)])
    dates = [
        DateAlternativesView(
            start=slot.start, end=slot.end, alternatives=[_view(alternative, names, language) for alternative in found]
        )
        for slot, found in proposal.by_date.items()
    ]
    plans = [
        PlanView(
            reason=plan.reason,
            sentence=plan.sentence(language),
            dates=[_view(alternative, names, language) for alternative in plan.dates],
        )
        for plan in proposal.plans
    ]
    return {
        "by_date": [view.model_dump(mode="json") for view in dates],
        "plans": [view.model_dump(mode="json") for view in plans],
    }


def _names(db: Db, alternatives: Iterable[Alternative]) -> Names:
    ids = {id_ for alternative in alternatives for id_ in alternative.resource_ids}
    found = db.execute(select(Resource.id, Resource.slug, Resource.name).where(Resource.id.in_(ids)))
    return {row.id: ResourceView(slug=row.slug, name=row.name) for row in found}


def _view(alternative: Alternative, names: Names, language: str) -> AlternativeView:
    return AlternativeView(
        resources=[names[id_] for id_ in alternative.resource_ids],
        start=alternative.slot.start,
        end=alternative.slot.end,
        layout=alternative.layout,
        reason=alternative.reason,
        sentence=alternative.sentence(language),
    )
