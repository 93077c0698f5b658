"""What the letter around an answer tells: what was decided, why not, what is free instead."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from shared.domain.refusals import Refusal
from shared.domain.verdicts import SERIES_REFUSED
from shared.invitations.as_it_is import told_of
from shared.invitations.beside import About, news_of
from shared.invitations.fact import Fact
from shared.invitations.fates import fates_of, sentences
from shared.invitations.news import News, OfSeries, RefusedThing, Said
from shared.invitations.replies.asked import Meeting, moment_of
from shared.invitations.replies.standing import Stand, Standing
from shared.invitations.told import Host, Place, Told
from shared.letters.facts import LANGUAGES
from shared.store.base import Db
from shared.store.external import ExternalEntry
from shared.store.places import Resource, Site

# what a letter about several dates is about first of all, and what that is called among the facts
FACTS = {
    "refused": "refused",
    "declined": "declined",
    "kept": "unmoved",
    "withdrawn": "withdrawn",
    "expired": "expired",
    "approval": "approval",
    "option": "option",
    "offer": "offer",
    "waitlisted": "waitlisted",
}
MOST_DATES = 400


def news_for(standing: Standing, stands: Mapping[str, Stand], names: Sequence[str], before: str, now: datetime) -> News:
    """The news of these things that are answered; `before` is what was waited for until now."""
    if len(names) == 1:
        return _alone(standing, stands[names[0]], before, now, is_whole=not names[0])
    kind = next((kind for kind in FACTS if any(stands[name].kind == kind for name in names)), "granted")
    about = About(standing.db, now, standing.series)
    if standing.series is None or kind == "granted":
        news = _usual(standing, stands[names[0]])
    else:
        facts = [
            _fact(stands[name], before) for name in names if stands[name].kind == kind and stands[name].reservation
        ]
        news = (
            news_of(about, facts)
            if all(_is_by_book(stands[name]) for name in names)
            else _usual(standing, next(stands[name] for name in names if stands[name].kind == kind))
        )
    if standing.series is None:
        return news
    listed = [r for name in names if (r := stands[name].reservation) is not None and r.series_id is not None]
    series = standing.series
    dates = fates_of(series.series, series.picture, sorted(listed, key=lambda r: r.recurs_at or now)[:MOST_DATES])
    return news.model_copy(update={"series": OfSeries(words=series.words, dates=dates)})


def said(stand: Stand, name: str, rule: str = "") -> Said:
    """One answer as the calendar gives it."""
    meeting, refusal, reservation = stand.meeting, stand.refusal, stand.reservation
    reasons = (sentences(refusal), _advice(refusal)) if refusal is not None and stand.partstat == "DECLINED" else ()
    is_together = stand.together is not None and stand.together.code == SERIES_REFUSED
    on = stand.date if reasons and is_together else None
    kept = None
    if reservation is not None and (name or reservation.series_id is None):
        kept = RefusedThing(rooms=(), start=reservation.starts_at, end=reservation.ends_at)
    return Said(
        kind=stand.kind,
        partstat=stand.partstat,
        sequence=meeting.sequence,
        start=meeting.start,
        end=meeting.end,
        zone=meeting.zone,
        title=meeting.title,
        is_all_day=meeting.is_all_day,
        recurs_at=moment_of(name) if name else None,
        is_named_by_day=meeting.is_named_by_day,
        rule=rule,
        reasons=tuple(reason for reason in reasons if any(reason.values())),
        together=sentences(stand.together) if on is not None else {},
        on=RefusedThing(rooms=(), start=on.start, end=on.end or on.start) if on is not None else None,
        answer=str(refusal.facts.get("reason", "")) if stand.kind == "declined" and refusal else "",
        kept=kept if stand.kind == "kept" else None,
        status=_status(stand),
    )


def place_of(resource: Resource, site: Site) -> Place:
    address = f"{resource.mail_local_part}@rooms.{site.mail_domain}"
    return Place(name=resource.name, kind=resource.kind, address=address)


def _alone(standing: Standing, stand: Stand, before: str, now: datetime, *, is_whole: bool) -> News:
    reservation = stand.reservation
    if reservation is None:
        return _by_hand(standing, stand)
    if is_whole and standing.series is not None:
        usual, words = standing.series.picture.usual, standing.series.words
        is_kept = stand.kind == "kept"
        return News(told=usual, reasons=sentences(stand.refusal), is_move=is_kept, series=OfSeries(words=words))
    if stand.kind == "granted":
        return News(told=told_of(standing.db, reservation), series=_date_of(standing, stand))
    if _is_by_book(stand):
        about = About(standing.db, now, standing.series if reservation.series_id is not None else None)
        return news_of(about, [_fact(stand, before)])
    return _usual(standing, stand)


def _usual(standing: Standing, stand: Stand) -> News:
    """Of a series what is usual; why not, where somebody said no before anything was decided."""
    reservation = stand.reservation
    if reservation is None:
        return _by_hand(standing, stand)
    meeting = stand.meeting
    asked = RefusedThing(rooms=_names(standing, meeting), start=meeting.start, end=meeting.end or meeting.start)
    return News(
        told=told_of(standing.db, reservation),
        reasons=sentences(stand.refusal),
        is_move=stand.kind == "kept",
        asked=asked if stand.refusal else None,
        series=_date_of(standing, stand),
    )


def _by_hand(standing: Standing, stand: Stand) -> News:
    """Nobody was asked: the letter knows what the request says."""
    meeting, entry = stand.meeting, standing.entry
    site = Site.get(standing.db, entry.site_id)
    rooms = tuple(place_of(standing.rooms[slug], site) for slug in meeting.rooms if slug in standing.rooms)
    return News(told=told_by(standing.db, entry, meeting, rooms), reasons=sentences(stand.refusal))


def told_by(db: Db, entry: ExternalEntry, meeting: Meeting, rooms: tuple[Place, ...]) -> Told:
    """The entry in the words of its organizer, where no reservation has others."""
    site = Site.get(db, entry.site_id)
    host = Host(
        name=site.name,
        address=site.address,
        zone=site.zone,
        contact=site.contact_address,
        mail_domain=site.mail_domain,
    )
    return Told(
        title=meeting.title,
        note="",
        where="",
        resources=rooms,
        start=meeting.start,
        end=meeting.end or meeting.start,
        trainer_name=entry.organizer_name,
        trainer_address=entry.organizer,
        host=host,
    )


def _date_of(standing: Standing, stand: Stand) -> OfSeries | None:
    reservation, series = stand.reservation, standing.series
    if series is None or reservation is None or reservation.series_id is None:
        return None
    return OfSeries(words=series.words, one=reservation.recurs_at)


def _names(standing: Standing, meeting: Meeting) -> tuple[str, ...]:
    return tuple(standing.rooms[slug].name for slug in meeting.rooms if slug in standing.rooms)


def _is_by_book(stand: Stand) -> bool:
    """Whether the reservation itself says why; else somebody said no before it came to a decision."""
    reservation = stand.reservation
    if reservation is None or stand.meeting.refusal is not None:
        return False
    return stand.kind not in {"refused", "declined", "kept"} or reservation.refused is not None


def _fact(stand: Stand, before: str) -> Fact:
    assert stand.reservation is not None  # noqa: S101  _is_by_book
    return Fact(stand.reservation, FACTS[stand.kind], before if stand.kind in {"expired", "withdrawn"} else "")


def _advice(refusal: Refusal) -> dict[str, str]:
    return {language: refusal.advice(language) for language in LANGUAGES}


STATUSES: dict[str, Callable[[str], bool]] = {
    "taken": lambda code: code.endswith("_taken"),
    "stranger": lambda code: code in {"unknown_organizer", "may_not_book"},
    "unsupported": lambda code: code.startswith("entry_"),
}


def _status(stand: Stand) -> str:
    if stand.partstat != "DECLINED":
        return "done"
    code = stand.refusal.code if stand.refusal else ""
    return next((status for status, is_meant in STATUSES.items() if is_meant(code)), "")
