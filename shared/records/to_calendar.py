"""Writing reservations as one iCalendar file to look at or to carry elsewhere: METHOD:PUBLISH, which invites nobody."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final, Literal

from shared.calendar.entry import Entry, Party, vcalendar, vevent
from shared.domain.states import State
from shared.records.rows import Row

Status = Literal["CONFIRMED", "TENTATIVE", "CANCELLED"]

# whatever else a reservation is, it is in nobody's calendar
STATUSES: Final[Mapping[str, Status]] = {
    State.CONFIRMED: "CONFIRMED",
    State.TENTATIVE: "TENTATIVE",
    State.CANCELLED: "CANCELLED",
}


def write_calendar(rows: Sequence[Row], *, zone: str, organizer: Party, now: datetime) -> bytes:
    """The confirmed, tentative and cancelled ones among the rows, with one VTIMEZONE; rooms are LOCATION.

    `organizer` is the site, `now` is when this is said (DTSTAMP). Raises UnknownZone, see `vtimezone`.
    """
    uses = Counter(row.uid for row in rows)
    shown = (row for row in rows if row.state in STATUSES)
    return vcalendar((vevent(_entry(row, uses, zone, organizer, now), "PUBLISH") for row in shown), zone, "PUBLISH")


def _entry(row: Row, uses: Mapping[str, int], zone: str, organizer: Party, now: datetime) -> Entry:
    # meetings of one series share their UID, which here would make each the newer version of the one before
    uid = row.uid if row.uid and uses[row.uid] == 1 else f"{row.id}-{row.uid or 'reservation'}"
    return Entry(
        uid=uid,
        sequence=0,
        dtstamp=now,
        start=row.start,
        end=row.end,
        zone=zone,
        summary=row.title,
        organizer=organizer,
        status=STATUSES[row.state],
        description=_description(row),
        location=", ".join(row.rooms),
    )


def _description(row: Row) -> str:
    who = ", ".join(name for name in (row.person, row.organisation) if name)
    how = ", ".join(said for said in (f"{row.people} personnes" if row.people else "", row.layout) if said)
    return "\n".join(said for said in (who, how, row.note) if said)
