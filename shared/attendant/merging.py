"""What an entry asks of us, once another message about it has come in: of each thing the newer version counts."""

from dataclasses import dataclass

from shared.attendant.reading import Message
from shared.attendant.who import Call
from shared.invitations.replies.asked import Asked, Meeting, Version, named_by_day


@dataclass(frozen=True, slots=True)
class Merged:
    """What is asked for now; `names` of what is new in it, the whole being ''. Empty when nothing is."""

    asked: Asked
    names: frozenset[str]


def merged(before: Asked, message: Message, call: Call) -> Merged:
    """By SEQUENCE, then by DTSTAMP, each date for itself (RFC 5546 section 2.1.5): mails come in any order."""
    whole = message.whole
    if whole is not None and _is_newer(whole.version, before.version_of("")):
        asked = Asked(
            whole=_without_removed(before, whole),
            rule=message.rule,
            skipped=message.skipped,
            dates=_dates_beside(before, message, whole),
            removed={slug: version for slug, version in before.removed.items() if version > whole.version},
            sent_by=call.sent_by,
        )
        return Merged(asked, frozenset({"", *asked.dates}))
    if whole is not None and before.whole is not None and whole.version == before.whole.version:
        return _with_more_rooms(before, whole)
    dates = {} if whole is not None else _newer_dates(before, message)
    kept = {name: _without_removed(before, meeting) for name, meeting in dates.items()}
    return Merged(before.model_copy(update={"dates": before.dates | kept}), frozenset(kept))


def is_known(before: Asked, message: Message) -> bool:
    """Whether all of it was heard before, and not something newer since."""
    named = {**message.dates, **({"": message.whole} if message.whole else {})}
    return all(before.version_of(name) == meeting.version for name, meeting in named.items())


def _is_newer(version: Version, than: Version | None) -> bool:
    return than is None or version > than


def _newer_dates(before: Asked, message: Message) -> dict[str, Meeting]:
    """Each with the reservation that it has, where it is a date apart."""
    dates = {_named(before, name, meeting): meeting for name, meeting in message.dates.items()}
    return {
        name: _as_before(before, name, meeting)
        for name, meeting in dates.items()
        if _is_newer(meeting.version, before.version_of(name))
    }


def _named(before: Asked, name: str, meeting: Meeting) -> str:
    """A mail about a date alone may name it by its day; the hour is known from the whole."""
    whole = before.whole
    is_by_hour = meeting.is_named_by_day and whole is not None and not whole.is_all_day
    return named_by_day(name, whole) if whole is not None and is_by_hour else name


def _dates_beside(before: Asked, message: Message, whole: Meeting) -> dict[str, Meeting]:
    """Those in the message, and those of which something newer was heard already."""
    newer = {
        name: meeting
        for name, meeting in before.dates.items()
        if meeting.version > message.dates.get(name, whole).version
    }
    said = {name: _as_before(before, name, meeting) for name, meeting in message.dates.items()}
    return said | newer


def _as_before(before: Asked, name: str, meeting: Meeting) -> Meeting:
    known = before.dates.get(name)
    return meeting.with_(reservation=known.reservation) if known else meeting


def _without_removed(before: Asked, meeting: Meeting) -> Meeting:
    """A room that was taken off by something newer stays off."""
    kept = tuple(s for s in meeting.rooms if s not in before.removed or before.removed[s] < meeting.version)
    return meeting.with_(rooms=kept)


def _with_more_rooms(before: Asked, whole: Meeting) -> Merged:
    """The same version in a mail to another room: calendars that hide guests list in each mail its reader alone."""
    assert before.whole is not None  # noqa: S101  the caller compared
    more = set(_without_removed(before, whole).rooms) - set(before.whole.rooms)
    if not more or before.whole.is_cancelled:
        return Merged(before, frozenset())
    rooms = tuple(sorted({*before.whole.rooms, *more}))
    return Merged(before.model_copy(update={"whole": before.whole.with_(rooms=rooms, refusal=None)}), frozenset({""}))
