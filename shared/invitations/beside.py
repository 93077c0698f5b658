"""What a letter beside the calendar says: about a reservation, one date of a series, or several dates of it."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, text

from shared.availability import alternatives_to, conflicts_behind
from shared.domain.refusals import Refusal
from shared.domain.slots import Slot
from shared.domain.verdicts import SERIES_REFUSED
from shared.house import House, house_of
from shared.invitations.as_it_is import resource_names, told_of
from shared.invitations.fact import Fact
from shared.invitations.fates import fates_of, refused_fates, sentences
from shared.invitations.news import News, OfSeries, RefusedThing, Standing
from shared.invitations.series_now import SeriesNow
from shared.store.base import Db
from shared.store.people import group_of, is_of_the_house
from shared.store.reservations import Reservation

PLACE_IN_LINE = text("""
SELECT (data->>'place')::int FROM event WHERE reservation_id = :id AND type = 'ReservationWaitlisted'
ORDER BY id DESC LIMIT 1
""")

WITHDRAWN = text("""
SELECT e.reservation_id, e.reason FROM event AS e JOIN reservation AS r ON r.id = e.reservation_id
WHERE e.reservation_id = ANY(:ids) AND e.type = 'ReservationCancelled' AND e.person_id <> r.requested_by
""")


@dataclass(frozen=True, slots=True)
class About:
    """What all letters of one occasion are about: a reservation, or a series with all its dates."""

    db: Db
    now: datetime
    series: SeriesNow | None = None


def news_of(about: About, facts: Sequence[Fact], *, is_whole: bool = False) -> News:
    """The news of facts of one kind; `is_whole`: and of all other dates of the series, not heard of yet."""
    kind, reservations = facts[0].kind, [fact.reservation for fact in facts]
    series = about.series
    if series is None:
        news = News(told=told_of(about.db, reservations[0]))
    elif len(facts) == 1 and not is_whole:
        told = told_of(about.db, reservations[0], series.series.zone)
        news = News(told=told, series=OfSeries(words=series.words, one=reservations[0].recurs_at))
    else:
        dates = fates_of(series.series, series.picture, series.dates if is_whole else reservations)
        news = News(told=series.picture.usual, series=OfSeries(words=series.words, dates=dates))
    return news.model_copy(update=SAYING[kind](about, facts, news))


def withdrawn_by_others(db: Db, ids: Sequence[int]) -> dict[int, str]:
    """Those of these reservations that somebody else than their owner cancelled, each with the reason given."""
    return {row.reservation_id: row.reason for row in db.execute(WITHDRAWN, {"ids": list(ids)})} if ids else {}


def _held(about: About, facts: Sequence[Fact], _: News) -> dict[str, Any]:
    """Until when, and what then; who decides reads what calls for it."""
    first = facts[0].reservation
    house, group = _house(about, first)
    findings = [Refusal.from_json(finding) for fact in facts for finding in fact.reservation.findings or ()]
    is_to_approve = facts[0].kind == "approval"
    standing = Standing(
        deadline=min(fact.reservation.hold_until for fact in facts if fact.reservation.hold_until),
        on_expiry=house.unanswered(first.resource_ids, group) if is_to_approve else "",
        people=max(fact.reservation.people for fact in facts),
        reference=str(first.id),
    )
    said = {tuple(sentences(finding).items()): None for finding in findings} if is_to_approve else {}
    return {"standing": standing, "findings": tuple(dict(sentence) for sentence in said)}


def _in_line(about: About, facts: Sequence[Fact], _: News) -> dict[str, Any]:
    first = facts[0].reservation
    house, group = _house(about, first)
    is_one = len(facts) == 1
    place = about.db.scalars(PLACE_IN_LINE, {"id": first.id}).first()
    standing = Standing(
        deadline=first.starts_at if is_one else None,
        rank=place or 0 if is_one else 0,
        on_release=house.waiting_mode(first.resource_ids, group),
        reference=str(first.id),
    )
    return {"standing": standing}


def _over(_: About, facts: Sequence[Fact], __: News) -> dict[str, Any]:
    hold = facts[0].details.replace("waitlisted", "waitlist")
    return {"standing": Standing(hold=hold, reference=str(facts[0].reservation.id))}


def _withdrawn(about: About, facts: Sequence[Fact], _: News) -> dict[str, Any]:
    reasons = withdrawn_by_others(about.db, [fact.reservation.id for fact in facts])
    hold = facts[0].details.replace("waitlisted", "waitlist")
    return {"standing": Standing(hold=hold), "answer": _once(reasons.values())}


def _declined(about: About, facts: Sequence[Fact], _: News) -> dict[str, Any]:
    answers = (str(fact.reservation.refusal["facts"].get("reason", "")) for fact in facts if fact.reservation.refusal)
    return {"answer": _once(answers)} | _instead(about, facts[0].reservation)


def _refused(about: About, facts: Sequence[Fact], news: News) -> dict[str, Any]:
    """Which rule or whose reservation stands in the way; of a series, on which dates."""
    reservations = [fact.reservation for fact in facts]
    is_move = facts[0].kind == "unmoved"
    if news.series is None or news.series.one is not None:
        return _refused_alone(about, reservations[0]) | {"is_move": is_move}
    together = [r for r in reservations if r.refused and r.refused.code == SERIES_REFUSED]
    for_itself = [r for r in reservations if r not in together] or reservations
    dates = refused_fates(for_itself)
    return {
        "reasons": sentences(together[0].refused) if together and not is_move else {},
        "is_move": is_move,
        "series": news.series.model_copy(update={"dates": dates}),
        **({} if is_move else _instead(about, for_itself[0])),
    }


def _refused_alone(about: About, reservation: Reservation) -> dict[str, Any]:
    refusal, asked = reservation.refused, reservation.asked
    assert refusal is not None  # noqa: S101  that is the fact
    conflicts = conflicts_behind(about.db, refusal)
    return {
        "reasons": sentences(refusal),
        "asked": RefusedThing.of(resource_names(about.db, asked.resource_ids), asked.slot),
        "conflicts": tuple(
            RefusedThing.of((row.room,), Slot(row.starts_at, row.ends_at), _title(about, reservation, row))
            for row in conflicts
        ),
    } | _instead(about, reservation)


def _title(about: About, reservation: Reservation, conflict: Row[Any]) -> str | None:
    """What stands in the way is called, as far as whoever asked may know it."""
    owner, house = reservation.requested_by, house_of(about.db, reservation.site_id)
    is_hidden = conflict.requested_by != owner and house.hides_titles(conflict.resource_ids)
    return conflict.title if is_of_the_house(about.db, owner) and not is_hidden else None


def _instead(about: About, reservation: Reservation) -> dict[str, Any]:
    """What is free now."""
    found = alternatives_to(about.db, reservation, now=about.now)
    named = (RefusedThing.of(resource_names(about.db, list(a.resource_ids)), a.slot) for a in found)
    return {"alternatives": tuple(named)}


def _house(about: About, reservation: Reservation) -> tuple[House, int]:
    """The rules in force, and the group of people that its owner belongs to."""
    return house_of(about.db, reservation.site_id), group_of(about.db, reservation.requested_by)


def _once(texts: Iterable[str]) -> str:
    return "\n\n".join(dict.fromkeys(text for text in texts if text))


SAYING: dict[str, Callable[[About, Sequence[Fact], News], dict[str, Any]]] = {
    "approval": _held,
    "option": _held,
    "offer": _held,
    "waitlisted": _in_line,
    "expired": _over,
    "declined": _declined,
    "refused": _refused,
    "unmoved": _refused,
    "withdrawn": _withdrawn,
}
