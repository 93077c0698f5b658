"""A mail from outside into values: who says what, in whatever way their client writes it; pure."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from shared.itip.heads import Head
from shared.itip.incoming import Incoming, Scheduling, Unasked, UnreadableMail
from shared.itip.mailboxes import the_one_mailbox
from shared.itip.parties import language
from shared.itip.parts import Leaf, mail
from shared.itip.reports import reports
from shared.itip.scheduling import MOST_CALENDAR, scheduling
from shared.itip.words import decoded, header_words, line, lines

MOST_CALENDARS: Final = 3
LONGEST_TEXT: Final = 10_000
LONGEST_SUBJECT: Final = 500
_LONGEST_MESSAGE_ID: Final = 500

_MESSAGE_ID = re.compile(r"<[^<>\s]+>")
_WINMAIL: Final = frozenset({"application/ms-tnef", "application/vnd.ms-tnef"})
# quoted-printable may write three letters for each
_MOST_ENCODED: Final = 3 * MOST_CALENDAR + 1_000


def read_mail(raw: bytes, zone: str) -> Incoming:
    """What a mail says; days in its calendar are days of `zone`. Raises UnreadableMail, and nothing else.

    Its caps (`parts`, `heads`, `scheduling`, `components`) are checked before what they bound is read.
    """
    found = mail(raw)
    calendar = _calendar(found.leaves, zone)
    sender, name = the_one_mailbox(found.head.all("from"))
    return Incoming(
        message_id=_message_id(found.head),
        subject=header_words(found.head.first("subject"), LONGEST_SUBJECT),
        sender=sender,
        sender_name=name,
        language=_language(found.head),
        auto_submitted=_is_auto_submitted(found.head),
        text=_text(found.leaves),
        scheduling=calendar if isinstance(calendar, Scheduling) else None,
        unasked=calendar.code if isinstance(calendar, Unasked) else "",
        reports=reports(found.leaves),
    )


def _calendar(leaves: Sequence[Leaf], zone: str) -> Scheduling | Unasked | None:
    """What its calendars ask for; the likeliest first, for an attachment may be about something else.

    Several of one kind must say the same. Raises UnreadableMail when there are some and none can be read.
    """
    asked: Scheduling | Unasked | None = None
    problem: UnreadableMail | None = None
    for likeliness in range(3):
        said = list(_alike([leaf for leaf in leaves if _likeliness(leaf) == likeliness], zone))
        problem = problem or next((one for one in said if isinstance(one, UnreadableMail)), None)
        schedulings = {one for one in said if isinstance(one, Scheduling)}
        if len(schedulings) > 1:
            raise UnreadableMail("several_calendars", "The mail has several calendars that do not say the same.")
        if schedulings:
            return schedulings.pop()
        asked = asked or next((one for one in said if isinstance(one, Unasked)), None)
    if problem:
        raise problem
    return asked or (Unasked("winmail") if any(_is_winmail(leaf) for leaf in leaves) else None)


def _alike(leaves: Sequence[Leaf], zone: str) -> Iterator[Scheduling | Unasked | UnreadableMail]:
    if len(leaves) > MOST_CALENDARS:
        raise UnreadableMail("several_calendars", f"The mail has more than {MOST_CALENDARS} calendars of one kind.")
    for leaf in leaves:
        try:
            yield _read(leaf, zone)
        except UnreadableMail as error:
            yield error


def _read(leaf: Leaf, zone: str) -> Scheduling | Unasked:
    if leaf.length > _MOST_ENCODED:
        raise UnreadableMail("calendar_too_large", f"The calendar has more than {MOST_CALENDAR} bytes.")
    said = leaf.parameters
    return scheduling(leaf.content(), zone, method=said.get("method", ""), charset=said.get("charset", ""))


def _likeliness(leaf: Leaf) -> int | None:
    """0: what RFC 6047 asks for; 1: without its method, or attached; 2: a file that is a calendar by its name."""
    if leaf.kind == "text/calendar":
        return 0 if "method" in leaf.parameters and not leaf.is_attachment else 1
    is_file = leaf.kind == "application/ics" or leaf.filename.endswith((".ics", ".vcs", ".ifb"))
    return 2 if is_file else None


def _is_winmail(leaf: Leaf) -> bool:
    return leaf.kind in _WINMAIL or leaf.filename == "winmail.dat"


def _text(leaves: Iterable[Leaf]) -> str:
    """The first plain text that is no attachment, from its start."""
    found = next((leaf for leaf in leaves if leaf.kind == "text/plain" and not leaf.is_attachment), None)
    if found is None:
        return ""
    return lines(decoded(found.content(4 * LONGEST_TEXT), found.parameters.get("charset", "")), LONGEST_TEXT)


def _message_id(head: Head) -> str:
    text = line(decoded(head.first("message-id"), ""), _LONGEST_MESSAGE_ID)
    found = _MESSAGE_ID.search(text)
    return found[0] if found else text


def _language(head: Head) -> str:
    said = head.first("content-language") or head.first("accept-language")
    return language(decoded(said[:100], ""))


def _is_auto_submitted(head: Head) -> bool:
    """RFC 3834 section 5."""
    said = decoded(head.first("auto-submitted")[:100], "").partition(";")[0].strip().lower()
    return said not in {"", "no"}
