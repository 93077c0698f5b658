"""A picture as text: the VEVENTs of one UID, in full and busy only; the same picture gives the same bytes."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cached_property
from typing import Any, Self, cast

from icalendar import Event
from sqlalchemy import Row

from shared.calendar.entry import Entry, Party, vevent
from shared.calendar.series import SeriesEntry, series_events
from shared.calendars.picture import Album, Pictured
from shared.calendars.words import BUSY, HELD_BY, answers_in_words
from shared.domain.recurrence import Recurrence
from shared.invitations.as_it_is import Rooms, slot_by_rule
from shared.invitations.told import Details
from shared.letters.facts import Language
from shared.store.series import Series

_NOBODY_KNOWS = datetime(1970, 1, 1, tzinfo=UTC)
_UNSTAMPED = "\r\nSEQUENCE:0\r\nDTSTAMP:19700101T000000Z\r\n"
# no line begins with what people wrote: their line breaks are escaped, and a fold begins with a space
_STAMP = re.compile(r"\r\nSEQUENCE:[0-9]+\r\nDTSTAMP:[0-9]{8}T[0-9]{6}Z\r\nLAST-MODIFIED:[0-9]{8}T[0-9]{6}Z\r\n")
_STATUS = re.compile(r"\r\nSTATUS:(CONFIRMED|TENTATIVE)\r\nTRANSP:OPAQUE\r\n")
_CANCELLED = "\r\nSTATUS:CANCELLED\r\nTRANSP:TRANSPARENT\r\n"


@dataclass(frozen=True, slots=True)
class Texts:
    """The VEVENTs of one UID, as those read them who may see everything, and as those who may know when."""

    full: str
    busy: str

    def stamped(self, version: int, dtstamp: datetime) -> Self:
        """Under the SEQUENCE and DTSTAMP of that version; the text may be fresh, or have been stamped before."""
        moment = f"{dtstamp:%Y%m%dT%H%M%SZ}"
        stamp = f"\r\nSEQUENCE:{version - 1}\r\nDTSTAMP:{moment}\r\nLAST-MODIFIED:{moment}\r\n"
        return self._with(lambda text: _STAMP.sub(stamp, text.replace(_UNSTAMPED, stamp)))

    def called_off(self) -> Self:
        """What was shown, cancelled: it takes nobody's time any more."""
        return self._with(lambda text: _STATUS.sub(_CANCELLED, text))

    def _with(self, change: Any) -> Self:
        return replace(self, full=change(self.full), busy=change(self.busy))


@dataclass(frozen=True)
class Rendering:
    """One entry under its UID."""

    album: Album
    picture: Pictured
    uid: str

    @property
    def zone(self) -> str:
        return self.picture.series.zone if self.picture.series else self.album.site.zone

    def texts(self, dates: Sequence[Row[Any]]) -> Texts:
        """With these of its dates, at least one; raises ContradictoryEntry, UnknownZone."""
        entries = [self._entry(a_date) for a_date in dates]
        hidden = [replace(entry, summary=BUSY[self._language], description="", location="") for entry in entries]
        return Texts(self._text(entries), self._text(hidden))

    def _text(self, entries: Sequence[Entry]) -> str:
        series = self.picture.series
        events = _events(series, entries) if series else [vevent(entry, "PUBLISH") for entry in entries]
        return "".join(event.to_ical(sorted=False).decode() for event in events)

    def _entry(self, a_date: Row[Any]) -> Entry:
        site = self.album.site
        details = Details(
            title="", note="", where=a_date.elsewhere or "", resources=self._rooms.places(a_date.resource_ids)
        )
        return Entry(
            uid=self.uid,
            sequence=0,
            dtstamp=_NOBODY_KNOWS,
            start=a_date.starts_at,
            end=a_date.ends_at,
            zone=self.zone,
            summary=a_date.title,
            description=self._description(a_date),
            location=details.location(site.address),
            organizer=Party(f"reservations@{site.mail_domain}", site.name),
            status="CONFIRMED" if a_date.state == "confirmed" else "TENTATIVE",
            recurrence_id=a_date.recurs_at,
        )

    def _description(self, a_date: Row[Any]) -> str:
        held_by = HELD_BY[self._language].format(name=a_date.person) if a_date.person else ""
        answers = answers_in_words(self.picture.answers_for(a_date), self._language)
        people = "\n".join(said for said in (held_by, answers) if said)
        return "\n\n".join(said for said in (a_date.note, a_date.description, people) if said)

    @cached_property
    def _rooms(self) -> Rooms:
        return Rooms(self.album.site.mail_domain, self.album.resources)

    @property
    def _language(self) -> Language:
        return cast("Language", self.album.site.language)


def _events(series: Series, entries: Sequence[Entry]) -> list[Event]:
    """What most dates are is usual; who comes, what it is called and where it is may be otherwise on some."""
    by_rule = slot_by_rule(series, min(entry.recurrence_id for entry in entries if entry.recurrence_id))
    alike = [replace(entry, start=by_rule.start, end=by_rule.end, recurrence_id=None) for entry in entries]
    usual, _ = Counter(alike).most_common(1)[0]
    rule = Recurrence.parse(series.rule)
    return series_events(SeriesEntry(usual=usual, rule=rule, occurrences=tuple(entries)), "PUBLISH")
