"""What a mail from outside says, as values; nothing in it is believed yet."""

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Party:
    """An ORGANIZER or ATTENDEE: the address in lower case, '' when there is none that can be written to."""

    address: str
    name: str = ""
    partstat: str = "NEEDS-ACTION"
    role: str = "REQ-PARTICIPANT"
    cutype: str = "INDIVIDUAL"
    rsvp: bool = False
    language: str = ""
    sent_by: str = ""
    delegated_to: tuple[str, ...] = ()
    delegated_from: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Component:
    """One VEVENT. Times are aware and in UTC; `zone` is the IANA zone in which DTSTART is written.

    `recurrence_id` names one date of a series by its original start; `dtstamp`, `start` and `end` are None where the
    component has none; `rule` is the value of RRULE, '' without one; days count as days of the site's zone.
    """

    uid: str
    sequence: int = 0
    dtstamp: datetime | None = None
    recurrence_id: datetime | None = None
    is_recurrence_id_a_day: bool = False
    this_and_future: bool = False
    start: datetime | None = None
    end: datetime | None = None
    zone: str = ""
    is_all_day: bool = False
    rule: str = ""
    exdates: tuple[datetime, ...] = ()
    rdates: tuple[datetime, ...] = ()
    summary: str = ""
    description: str = ""
    location: str = ""
    status: str = ""
    comment: str = ""
    language: str = ""
    is_transparent: bool = False
    organizer: Party | None = None
    attendees: tuple[Party, ...] = ()

    def attendee(self, address: str) -> Party | None:
        """Whoever has that address, in whatever case."""
        return next((party for party in self.attendees if party.address == address.lower()), None)


@dataclass(frozen=True, slots=True)
class Scheduling:
    """One iTIP message: its METHOD in capitals, one UID, its components with the master (if any) first."""

    method: str
    uid: str
    components: tuple[Component, ...]

    @property
    def master(self) -> Component | None:
        return next((component for component in self.components if component.recurrence_id is None), None)


@dataclass(frozen=True, slots=True)
class Unasked:
    """A calendar that asks for nothing: published, no_method or no_event."""

    code: str


@dataclass(frozen=True, slots=True)
class Report:
    """A delivery status notification (RFC 3464) about one recipient; `action` is failed, delayed, delivered, ..."""

    action: str
    recipient: str = ""
    status: str = ""
    diagnostic: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """One mail. `sender` is the From address in lower case, '' when there is not exactly one.

    `message_id` has its angle brackets. `scheduling` is None for a mail without a calendar that asks for anything;
    `unasked` says then what there was in its place, '' for nothing: winmail (Outlook's own format), published,
    no_method, no_event (a task, a journal, free/busy). `reports` are those of a bounce.
    """

    message_id: str = ""
    subject: str = ""
    sender: str = ""
    sender_name: str = ""
    language: str = ""
    auto_submitted: bool = False
    text: str = ""
    scheduling: Scheduling | None = None
    unasked: str = ""
    reports: tuple[Report, ...] = field(default=())


class UnreadableMail(ValueError):  # noqa: N818 - named as what it says, like the domain's errors
    """A mail that cannot be read; its `code` is stable and its text says why, in English, for the quarantine."""

    def __init__(self, code: str, why: str) -> None:
        super().__init__(why)
        self.code = code
