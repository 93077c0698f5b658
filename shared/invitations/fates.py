"""What became of the dates of a series: of each as it was asked for, or since its people were told."""

from collections.abc import Iterable, Iterator

from shared.domain.refusals import Refusal
from shared.domain.states import HOLDING, State
from shared.domain.verdicts import DECLINED
from shared.invitations.as_it_is import slot_by_rule
from shared.invitations.news import Became, Fate
from shared.invitations.told import Told, is_moved
from shared.invitations.told_series import Difference, Sentence, ToldSeries
from shared.letters.facts import LANGUAGES, Outcome
from shared.store.reservations import Reservation
from shared.store.series import Series

OUTCOMES: dict[State, Outcome] = {
    State.CONFIRMED: "confirmed",
    State.TENTATIVE: "held",
    State.WAITLISTED: "waitlisted",
    State.REFUSED: "refused",
    State.EXPIRED: "expired",
    State.CANCELLED: "cancelled",
}


def fates_of(series: Series, picture: ToldSeries, dates: Iterable[Reservation]) -> tuple[Fate, ...]:
    """Each of these dates as it was asked for, by the rule and in the usual rooms, and what became of it."""
    decided = (reservation for reservation in dates if reservation.state in OUTCOMES)
    return tuple(_fate(series, picture, reservation) for reservation in decided)


def fates_since(
    difference: Difference, before: ToldSeries, now: ToldSeries, come: Iterable[Fate], elsewhere: Iterable[int]
) -> tuple[Fate, ...]:
    """Each date that is told of for itself: given back, new (`come`), or not as it was.

    Not those which went over to another series (`elsewhere`, by reservation), nor those that are only as all are now.
    """
    if difference.is_other_rule:
        return ()
    gone = tuple(
        _as_told(before.at(a_date), "cancelled") for a_date in difference.gone if a_date.reservation not in elsewhere
    )
    return (*gone, *come, *_moved(difference, before, now))


def refused_fates(dates: Iterable[Reservation]) -> tuple[Fate, ...]:
    """The dates that cannot be had, as they were asked for."""
    return tuple(
        Fate(
            start=reservation.asked.slot.start,
            end=reservation.asked.slot.end,
            place="",
            outcome="refused",
            reason=sentences(reservation.refused),
        )
        for reservation in dates
    )


def sentences(refusal: Refusal | None) -> Sentence:
    """Why, in each language; empty for what was not refused."""
    return {language: refusal.sentence(language) for language in LANGUAGES} if refusal else {}


def _fate(series: Series, picture: ToldSeries, reservation: Reservation) -> Fate:
    outcome, place = OUTCOMES[reservation.state], picture.usual.place
    if outcome == "refused" and _is_left_out(reservation):
        outcome = "skipped"
    if reservation.state not in HOLDING or reservation.recurs_at is None:
        reason = sentences(reservation.refused)
        return Fate(start=reservation.starts_at, end=reservation.ends_at, place=place, outcome=outcome, reason=reason)
    slot = slot_by_rule(series, reservation.recurs_at)
    is_there = picture.at(picture.by_name[reservation.recurs_at]).place
    if (reservation.slot, is_there) == (slot, place):
        return Fate(start=slot.start, end=slot.end, place=place, outcome=outcome)
    if outcome == "confirmed":
        outcome = "replaced" if reservation.on_conflict == "propose" else "moved"
    became = Became(start=reservation.starts_at, end=reservation.ends_at, place=is_there)
    return Fate(start=slot.start, end=slot.end, place=place, outcome=outcome, became=became)


def _is_left_out(reservation: Reservation) -> bool:
    """Its owner wanted it so, for a date that cannot be had; which is not the same as a coordinator's no."""
    return reservation.on_conflict == "skip" and (reservation.refusal or {}).get("code") != DECLINED


def _moved(difference: Difference, before: ToldSeries, now: ToldSeries) -> Iterator[Fate]:
    for name, changes in difference.changed.items():
        its_own = [change for change in changes if change not in difference.usual]
        if is_moved(tuple(its_own)):
            entry = now.at(now.by_name[name])
            became = Became(start=entry.start, end=entry.end, place=entry.place)
            yield _as_told(before.at(before.by_name[name]), "moved", became)


def _as_told(entry: Told, outcome: Outcome, became: Became | None = None) -> Fate:
    return Fate(start=entry.start, end=entry.end, place=entry.place, outcome=outcome, became=became)
