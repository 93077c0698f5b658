"""The book follows an entry: what moved is asked to move, what is gone is given back, what is new is asked for.

Whatever has to be decided waits in the ordinary queue, but for what only `replacing` can do. Nothing of the entry waits
any more when this begins: whoever locked it had it decided, so that no update meets another one that is under way.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import func, select

from shared.attendant.asking import ask_date, ask_one, ask_whole
from shared.attendant.owned import Owned
from shared.attendant.replacing import replace_whole
from shared.attendant.timetable import Impossible, Timetable, is_same
from shared.deciding.headcount import check_people
from shared.domain.errors import RefusedError
from shared.domain.states import HOLDING
from shared.invitations.replies.asked import Asked, Meeting
from shared.store.moves import Move
from shared.store.reservations import Reservation, cancel_all
from shared.store.series import Series

Reason = dict[str, Any] | None
"""a Refusal as it is kept; None: it is asked for, or done"""


def follow_whole(owned: Owned, before: Asked, was_asked: Timetable, wanted: Timetable) -> Reason:
    """The single meeting or the series becomes what is wanted now, or stays all as it is, for the reason given."""
    held, targets = owned.whole(), wanted.whole
    doubled = {name: r for name, r in owned.apart(before).items() if name in targets}
    both = [(held[name], meeting) for name, meeting in targets.items() if name in held]
    moved = [(reservation, meeting) for reservation, meeting in both if not owned.is_as_asked(reservation, meeting)]
    gone = [*(r for name, r in held.items() if name not in targets), *doubled.values()]
    # what was refused before, and is asked for as it was, is not asked for again because something else changed
    refused = {name for name, m in targets.items() if name in was_asked.whole and is_same(was_asked.whole[name], m)}
    come = [name for name in targets if name not in held and name not in refused]
    try:
        if targets and not held and not doubled:
            ask_whole(owned, wanted)
            return None
        if not come and not moved:
            return _change_words(owned, both, gone)
        if not come and not gone and all(reservation.state in HOLDING for reservation, _ in moved):
            _move(owned, moved, wanted)
            return _change_words(owned, both, ())
        return replace_whole(owned, [*held.values(), *doubled.values()], wanted)
    except Impossible as impossible:
        return impossible.refusal


def follow_dates(owned: Owned, before: Asked, asked: Asked, wanted: Timetable, names: Iterable[str]) -> Asked:
    """Single dates become what is wanted of each; with the reasons why not, and the reservations of those apart."""
    held, apart = owned.whole(), owned.apart(before)
    dates = dict(asked.dates)
    for name in sorted(names):
        meeting = dates[name]
        if meeting.refusal is not None:
            continue
        reservation = held.get(name) or apart.get(name)
        try:
            if not meeting.is_asked:
                cancel(owned, [reservation] if reservation else [])
            elif reservation is not None and reservation.state in HOLDING:
                reason = _follow_one(owned, reservation, meeting)
                dates[name] = meeting.with_(refusal=reason)
            elif name in wanted.series and owned.entry.series_id is not None:
                cancel(owned, [reservation] if reservation else [])
                ask_date(owned, name, meeting)
            elif name in wanted.apart:
                cancel(owned, [reservation] if reservation else [])
                dates[name] = meeting.with_(reservation=ask_one(owned, meeting))
        except Impossible as impossible:
            dates[name] = meeting.with_(refusal=impossible.refusal)
    cancel(owned, [r for name, r in apart.items() if name not in dates])
    return asked.model_copy(update={"dates": dates})


def cancel(owned: Owned, reservations: Iterable[Reservation]) -> None:
    """Give back what the entry does not ask for any more; whoever waits for it is served next.

    However late: a room that is held for a meeting which is in nobody's calendar any more helps nobody.
    """
    cancel_all(owned.db, list(reservations), reason="", by=owned.actor, now=owned.now)


def _follow_one(owned: Owned, reservation: Reservation, meeting: Meeting) -> Reason:
    if not owned.is_as_asked(reservation, meeting):
        reservation.want(owned.db, owned.move_to(reservation, meeting), by=owned.actor, now=owned.now)
    return _change_words(owned, [(reservation, meeting)], ())


def _move(owned: Owned, moved: list[tuple[Reservation, Meeting]], wanted: Timetable) -> None:
    """All of them or none, in one turn; a series whose dates last otherwise is another one once that is granted."""
    turn = owned.db.scalars(select(func.nextval("turn"))).one()
    series = owned.db.get_one(Series, owned.entry.series_id) if owned.entry.series_id else None
    is_other_length = series is not None and wanted.recurring is not None and wanted.recurring.length != series.length
    if series is not None and wanted.recurring is not None and is_other_length:
        series.wanted_rule, series.wanted_starts_on = series.rule, series.starts_on
        series.wanted_length = wanted.recurring.length
    for reservation, meeting in moved:
        move = owned.move_to(reservation, meeting)
        if is_other_length:
            move = Move(
                move.slot,
                move.resource_ids,
                move.people,
                series_id=reservation.series_id,
                recurs_at=reservation.recurs_at,
            )
        reservation.want(owned.db, move, by=owned.actor, now=owned.now, turn=turn)


def _change_words(owned: Owned, both: Iterable[tuple[Reservation, Meeting]], gone: Iterable[Reservation]) -> Reason:
    """Words at once, and more people if they fit; then what is gone is given back. All of it or nothing."""
    pairs = list(both)
    for reservation, meeting in pairs:
        if not reservation.is_moving and meeting.people > reservation.people and reservation.state in HOLDING:
            try:
                check_people(owned.db, reservation, meeting.people, by=owned.actor, now=owned.now)
            except RefusedError as error:
                return error.refusal.as_json()
    for reservation, meeting in pairs:
        _describe(owned, reservation, meeting)
    cancel(owned, gone)
    return None


def _describe(owned: Owned, reservation: Reservation, meeting: Meeting) -> None:
    words: Mapping[str, str | int] = {"title": meeting.title, "note": meeting.note}
    people = reservation.people if reservation.is_moving else meeting.people  # decided with the move
    is_less = people < reservation.people
    reservation.describe(owned.db, by=owned.actor, now=owned.now, people=people, **words)
    if is_less:
        reservation.leave_room(owned.db, now=owned.now)
