"""Taking a REQUEST: what it asks for is merged with what was asked before, and the book follows; or a room says no."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import text

from shared.attendant.entering import is_turned_away, lock_entry, make_entry, owner_of
from shared.attendant.following import follow_dates, follow_whole
from shared.attendant.merging import Merged, is_known, merged
from shared.attendant.owned import Owned
from shared.attendant.reading import read
from shared.attendant.repeating import answer_again
from shared.attendant.timetable import Impossible, Limits, Timetable, timetable
from shared.attendant.who import Call
from shared.calendar.text import clean_line
from shared.domain.rules import unknown_organizer
from shared.house import house_of
from shared.inbox.outcomes import Outcome
from shared.invitations.replies.answer import answer_entry
from shared.invitations.replies.asked import Asked, Meeting
from shared.store.base import Db
from shared.store.external import ExternalEntry

# two calendars that answer each other must not do so for ever; nobody changes a meeting more often by hand
MOST_ANSWERS = 60
A_WHILE = timedelta(hours=1)
NOTHING = Timetable()

ANSWERED = text("""
SELECT count(*) FROM delivery WHERE uid = :uid AND recipient = :organizer AND site_id = :site_id
AND method IN ('REPLY', 'REFRESH') AND created_at > :since
""")


def take_request(db: Db, call: Call, now: datetime) -> Outcome:
    """Ask for the rooms of an entry, or for what is different about it since; all of it or nothing."""
    message = read(call)
    if message is None:
        return Outcome("no_time")
    entry = make_entry(db, call, message.newest, now)
    if entry is None:
        entry = lock_entry(db, call, now)
        if is_answered_too_often(db, entry, now):
            return Outcome("too_often", {"entry": entry.id})
    before = Asked.of(entry)
    news = merged(before, message, call)
    if not news.names:
        if not is_known(before, message):
            return Outcome("stale", {"entry": entry.id})
        return answer_again(db, call, entry, now)
    return _follow(db, call, entry, before, news, now)


def is_answered_too_often(db: Db, entry: ExternalEntry, now: datetime) -> bool:
    """Whether so much went out about it lately that something must be turning in circles."""
    values = {"uid": entry.uid, "organizer": entry.organizer, "site_id": entry.site_id, "since": now - A_WHILE}
    answered: int = db.scalars(ANSWERED, values).one()
    return answered >= MOST_ANSWERS * max(len(Asked.of(entry).rooms), 1)


def _follow(db: Db, call: Call, entry: ExternalEntry, before: Asked, news: Merged, now: datetime) -> Outcome:
    """Have the book follow; what cannot be had keeps its reason, and is answered with that."""
    asked = news.asked
    if is_turned_away(db, call, set(asked.rooms)):
        asked = _refused(asked, news, unknown_organizer().as_json())
    _note(entry, call, asked)
    if any(meeting.is_asked and meeting.refusal is None for meeting in asked.meetings) or before.rooms:
        owned = Owned(db, call, entry, owner_of(db, call), now)
        limits = _limits(owned, asked)
        names = news.names - {""}
        if "" in news.names:
            asked, names = _follow_whole(owned, before, asked, limits)
        asked = follow_dates(owned, before, asked, _possible(asked, limits, now), names)
        _note(entry, call, asked)
    db.flush()
    is_answered = answer_entry(db, entry.id, now=now, correlation_id=call.actor.correlation_id)
    return Outcome(_code(asked, news, is_answered=is_answered), details_of(entry))


def _code(asked: Asked, news: Merged, *, is_answered: bool) -> str:
    """Waits to be decided; or was answered at once, for nothing is to be decided, or nothing can be had."""
    if not is_answered:
        return "requested"
    new = [meeting for name, meeting in asked.named.items() if name in news.names]
    return "refused" if any(meeting.refusal for meeting in new) else "answered"


def details_of(entry: ExternalEntry) -> dict[str, object]:
    """For whoever reads the inbox: what has become of the mail."""
    found = {"entry": entry.id, "reservation": entry.reservation_id, "series": entry.series_id}
    return {name: value for name, value in found.items() if value is not None}


def _follow_whole(owned: Owned, before: Asked, asked: Asked, limits: Limits) -> tuple[Asked, frozenset[str]]:
    """With the reason why not, or with the day on which the house has cut it; and the dates that are apart from it."""
    try:
        wanted = timetable(asked, limits, owned.now)
    except Impossible as impossible:
        return _whole_with(asked, refusal=impossible.refusal), frozenset()
    if asked.whole is not None and asked.whole.refusal is not None:
        return asked, frozenset()
    refusal = follow_whole(owned, before, _possible(before, limits, owned.now), wanted)
    if refusal is not None:
        return _whole_with(asked, refusal=refusal), frozenset()
    apart = frozenset(name for name, meeting in asked.dates.items() if name in wanted.apart or meeting.reservation)
    cut_on = wanted.recurring.cut_on if wanted.recurring else None
    return asked.model_copy(update={"cut_on": cut_on}), apart


def _possible(asked: Asked, limits: Limits, now: datetime) -> Timetable:
    """What it asked for, as far as that could be had at all."""
    try:
        return timetable(asked, limits, now)
    except Impossible:
        return NOTHING


def _limits(owned: Owned, asked: Asked) -> Limits:
    house, zone = house_of(owned.db, owned.call.site.id), asked.whole.zone if asked.whole else owned.call.site.zone
    group = owned.group
    ids = [room.id for room in owned.call.rooms.values() if room.slug in asked.rooms]
    return Limits.of(house.policy(group), house.policies(ids, group), owned.now.astimezone(ZoneInfo(zone)).date())


def _refused(asked: Asked, news: Merged, refusal: dict[str, object]) -> Asked:
    """All that is new in it, for the same reason."""

    def refused(meeting: Meeting) -> Meeting:
        return meeting.with_(refusal=meeting.refusal or refusal)

    dates = {name: refused(meeting) if name in news.names else meeting for name, meeting in asked.dates.items()}
    whole = refused(asked.whole) if asked.whole is not None and "" in news.names else asked.whole
    return asked.model_copy(update={"whole": whole, "dates": dates})


def _whole_with(asked: Asked, **what: object) -> Asked:
    assert asked.whole is not None  # noqa: S101  what has a timetable has a whole, or nothing that fails
    return asked.model_copy(update={"whole": asked.whole.with_(**what)})


def _note(entry: ExternalEntry, call: Call, asked: Asked) -> None:
    entry.asked = asked.model_dump(mode="json")
    entry.organizer_name, entry.language = clean_line(call.organizer.name)[:200], call.language
    entry.is_known = call.standing.is_known
    newest = max((meeting.version for meeting in asked.meetings), default=None)
    if newest is not None:
        entry.sequence, entry.dtstamp = newest
    if any(meeting.is_asked for meeting in asked.meetings):
        entry.cancelled_at = None
