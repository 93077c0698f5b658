"""What is told as calendars read it: an entry, a series with all its dates, or one date of a series."""

from dataclasses import replace
from datetime import datetime
from typing import cast

from shared.calendar.entry import Entry, Guest, Method, Partstat, Party, Role, render
from shared.calendar.series import SeriesEntry, render_occurrences, render_series
from shared.domain.recurrence import Recurrence
from shared.invitations.addressed import Addressed
from shared.invitations.fact import named
from shared.invitations.news import News
from shared.invitations.replies.calendars import calendar_of_room
from shared.invitations.told import Told
from shared.invitations.told_series import ToldSeries


def calendar_of(addressed: Addressed) -> bytes:
    """The calendar of a mail, for its recipient."""
    if addressed.news.room is not None:
        return calendar_of_room(addressed, addressed.news.room)
    series, method = addressed.news.series, cast("Method", addressed.method)
    entry = _entry(addressed, addressed.news.told, series.one if series else None)
    if series is None:
        return render(entry, method)
    if series.whole is None:
        return render_occurrences([replace(entry, recurrence_id=series.one)], method)
    return render_series(_series(addressed, series.whole), method)


def sender_of(news: News) -> Party:
    """The site, or the room that answers for itself; both are on our own mail domain."""
    return Party(news.room.room.address, news.room.room.name) if news.room else organizer_of(news.told)


def organizer_of(told: Told) -> Party:
    """The site on its own mail domain; never the trainer's, whose DMARC would not let us."""
    return Party(f"reservations@{told.host.mail_domain}", told.host.name)


def _series(addressed: Addressed, series: ToldSeries) -> SeriesEntry:
    """All its entries under the SEQUENCE of this mail, which is that of none older.

    A date that was asked for, or answered, alone stays apart: who answers the whole then does not answer for it, by
    their calendar and by ours.
    """
    return SeriesEntry(
        usual=_entry(addressed, series.usual),
        rule=Recurrence.parse(series.rule),
        occurrences=tuple(
            replace(_entry(addressed, series.at(date), date.recurs_at), recurrence_id=date.recurs_at)
            for date in series.dates
        ),
        apart=frozenset(date.recurs_at for date in series.dates if named(date.recurs_at) in addressed.partstats),
    )


def _entry(addressed: Addressed, told: Told, date: datetime | None = None) -> Entry:
    return Entry(
        uid=addressed.uid,
        sequence=addressed.sequence,
        dtstamp=addressed.dtstamp,
        start=told.start,
        end=told.end,
        zone=told.host.zone,
        summary=told.title,
        description=told.note,
        location=told.location(told.host.address),
        organizer=organizer_of(told),
        guests=_guests(addressed, told, addressed.answer_to(date)),
        comment=addressed.news.answer if addressed.method == "DECLINECOUNTER" else "",
        status="CANCELLED" if addressed.method == "CANCEL" else "CONFIRMED",
    )


def _guests(addressed: Addressed, told: Told, partstat: str) -> tuple[Guest, ...]:
    """The recipient with their own answer, the trainer and the rooms; who else comes is nobody's business."""
    recipient = addressed.recipient
    rooms = [Guest.room(place.address, place.name) for place in told.resources if place.kind == "room"]
    own = cast("Partstat", partstat), partstat == "NEEDS-ACTION"
    guests = [Guest(recipient.address, recipient.name, "INDIVIDUAL", cast("Role", addressed.role), *own)]
    if not addressed.is_own:
        guests.insert(0, Guest(told.trainer_address, told.trainer_name, role="CHAIR", rsvp=False, partstat="ACCEPTED"))
    return (*guests, *rooms)
