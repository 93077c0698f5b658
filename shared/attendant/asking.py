"""Asking for what an entry wants and the book does not have: single meetings, series, and one more date of a series."""

from dataclasses import replace

from sqlalchemy import func, select

from shared import booking, recurring
from shared.attendant import sentences
from shared.attendant.owned import Owned
from shared.attendant.sentences import no
from shared.attendant.timetable import Impossible, Recurring, Timetable
from shared.booking import DateOf
from shared.domain.errors import CreneauError, InvalidInputError
from shared.house import house_of
from shared.invitations.replies.asked import Meeting, moment_of, name_of
from shared.store.reservations import Reservation


def ask_whole(owned: Owned, wanted: Timetable) -> list[int]:
    """The reservations of a single meeting or of a series, in the ordinary queue under one turn; raises Impossible."""
    if wanted.single is not None:
        reservation_id = ask_one(owned, wanted.single)
        owned.entry.reservation_id, owned.entry.series_id = reservation_id, None
        return [reservation_id]
    assert wanted.recurring is not None  # noqa: S101  there is something to ask for
    return _ask_series(owned, wanted.recurring, wanted.series)


def ask_one(owned: Owned, meeting: Meeting, date_of: DateOf | None = None) -> int:
    """One reservation; raises Impossible."""
    wish = replace(_wish(owned, meeting), date_of=date_of)
    [result] = booking.request(owned.db, [wish], now=owned.now)
    if isinstance(result, CreneauError):
        raise Impossible(no(sentences.OF_ERRORS.get(result.code, sentences.NOT_POSSIBLE))) from result
    owned.belong([result])
    return result


def ask_date(owned: Owned, name: str, meeting: Meeting) -> int:
    """One more date of the series that there is; raises Impossible."""
    assert owned.entry.series_id is not None  # noqa: S101  the caller looked
    turn = owned.db.scalars(select(func.nextval("turn"))).one()
    return ask_one(owned, meeting, DateOf(owned.entry.series_id, moment_of(name), turn))


def _ask_series(owned: Owned, wanted: Recurring, meetings: dict[str, Meeting]) -> list[int]:
    """All dates by the rule, and then, before anybody can see them, those that are different as they are."""
    first = next(iter(meetings.values()))
    asked = recurring.SeriesWish(
        wish=_wish(owned, first),
        rule=wanted.rule,
        start=wanted.start,
        length=wanted.length,
        zone=wanted.zone,
        skip=wanted.skip,
        on_conflict=_on_conflict(owned, first),
    )
    try:
        with owned.db.begin_nested():
            series = recurring.request_series(owned.db, asked, now=owned.now)
    except InvalidInputError as error:
        raise Impossible(no(sentences.OF_ERRORS.get(error.code, sentences.NOT_POSSIBLE))) from error
    found = owned.db.scalars(select(Reservation).where(Reservation.series_id == series.id))
    dates = {name_of(r.recurs_at): r for r in found if r.recurs_at}
    for name, reservation in dates.items():
        _as_it_is(owned, reservation, meetings[name])
    owned.entry.reservation_id, owned.entry.series_id = None, series.id
    owned.belong(reservation.id for reservation in dates.values())
    return [reservation.id for reservation in dates.values()]


def _as_it_is(owned: Owned, reservation: Reservation, meeting: Meeting) -> None:
    """Not decided yet, and not committed: it is asked for like this from the beginning."""
    reservation.starts_at, reservation.ends_at = meeting.slot.start, meeting.slot.end
    reservation.resource_ids = owned.rooms(meeting)
    reservation.title, reservation.note, reservation.people = meeting.title, meeting.note, meeting.people


def _on_conflict(owned: Owned, meeting: Meeting) -> str:
    """Whether some dates may be missing, where all rooms allow it."""
    policies = house_of(owned.db, owned.call.site.id).policies(owned.rooms(meeting), owned.group)
    return "skip" if all(policy.series.conflicts_by_mail == "skip" for policy in policies) else "all"


def _wish(owned: Owned, meeting: Meeting) -> booking.Wish:
    """Nobody else is put on a list: who comes stands in the entry, and its own calendar tells them."""
    return booking.Wish(
        by=owned.actor,
        title=meeting.title,
        note=meeting.note,
        slot=meeting.slot,
        resources=meeting.rooms,
        people=meeting.people,
    )
