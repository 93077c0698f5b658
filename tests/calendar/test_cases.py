"""Mails as clients write them come in by the real way, and do what the files in `cases` say: state and mails out."""

from pathlib import Path

import pytest

from tests.calendar import case_sight
from tests.calendar.case_inbox import Inbox
from tests.calendar.case_world import World
from tests.calendar.reading_cases import Acts, Again, Case, MailIn, Then, UselessCase, read_case
from tests.house import House

# what CALENDAR.md's inbound rules, the clients and the sections of RFC 5546 ask for; each has a case at least
TOPICS = frozenset(
    line.strip()
    for line in """
    Outlook, Outlook.com, Google, Apple, Thunderbird, Zimbra, Notes, Kontact, Evolution, Nextcloud, Proton, Yahoo
    RFC 5546 2.1.5, RFC 5546 3.2.2, RFC 5546 3.2.2.1, RFC 5546 3.2.2.2, RFC 5546 3.2.2.3, RFC 5546 3.2.2.6
    RFC 5546 3.2.3, RFC 5546 3.2.4, RFC 5546 3.2.5, RFC 5546 3.2.6, RFC 5546 3.2.7, RFC 5546 3.2.8, RFC 5546 3.6
    RFC 5546 4.2.1, RFC 5546 4.2.3, RFC 5546 4.2.5, RFC 5546 4.2.6, RFC 5546 4.2.8, RFC 5546 4.2.9, RFC 5546 4.4
    RFC 5546 4.4.4, RFC 5546 4.4.5, RFC 3464
    REPLY, REQUEST reschedule, REQUEST update, CANCEL, REFRESH, COUNTER, DECLINECOUNTER, ADD, PUBLISH
    alias, case of addresses, without mailto, no organizer, other attendees, NEEDS-ACTION, NEEDS-ACTION in overrides
    whole series, one date, several components, unknown date, THISANDFUTURE, RECURRENCE-ID in UTC, Windows zone
    bare LF, method missing, comment, stale SEQUENCE, older DTSTAMP, idempotent, duplicate, crossing, Auto-Submitted
    wrong sender, unauthenticated, null sender, own address, unknown UID, not ours, not the organizer, no calendar
    quarantine, to the room, uninvited, forwarded, delegated
    COUNTER accepted, COUNTER declined, COUNTER conflicting, DSN failed, DSN delayed
    rooms, room single, resource, two rooms at once, room beside people, room not on the list, room taken, room closed
    policy, approval, unknown organizer refused, unknown organizer tentative, language of the organizer
    room update, update to a taken time, not conflicting with itself, lower SEQUENCE
    room series, exception moved, exception cancelled, all or nothing, some conflicts by policy, endless rule, too long
    digest, SENT-BY, room CANCEL, CANCEL by a stranger, CANCEL before REQUEST, all-day, other zone, past
    """.replace("\n", ",").split(",")
    if line.strip()
)
FILES = sorted((Path(__file__).parent / "cases").glob("*.txt"))


@pytest.mark.parametrize("file", [pytest.param(file, id=file.stem) for file in FILES])
def test_what_becomes_of_a_mail(house: House, file: Path) -> None:
    play(World(house), read_case(file.read_text()))


def play(world: World, case: Case) -> None:
    """Act after act; what is to be seen is compared whenever the case says so."""
    inbox, outcome, left = Inbox(world), "", []
    book = case_sight.book(world)
    for block in case.blocks:
        match block:
            case Acts(lines, is_looked_at):
                for line in lines:
                    world.do(line)
                    sent = world.post.announce_all()
                    left += sent if is_looked_at else []
                book = book if is_looked_at else case_sight.book(world)
            case MailIn() | Again():
                outcome, sent = inbox.take(block)
                left += sent
            case Then(code, lines):
                assert outcome == code
                books, others = _sorted_out(lines)
                case_sight.compare(books or [seen.line for seen in book], case_sight.book(world))
                case_sight.compare(others, [*case_sight.answers(world), *case_sight.mails(world, left)])
                outcome, left, book = "", [], case_sight.book(world)


def _sorted_out(lines: tuple[str, ...]) -> tuple[list[str], list[str]]:
    books = [line for line in lines if line.startswith("book ")]
    return books, [line for line in lines if line not in books]


def test_every_rule_has_a_case() -> None:
    assert len(FILES) >= 80
    shown = {topic for file in FILES for topic in read_case(file.read_text()).shows}
    assert (TOPICS - shown, shown - TOPICS) == (set(), set())


A_CASE = """A mail comes in.
shows: Google

before:
    anne books flexi-16 on 2027-11-09 09:00-12:00 as "Atelier" with zoe

mail from zoe to us:
    Subject: Bonjour

    Bonjour
"""


@pytest.mark.parametrize(
    "text",
    [
        A_CASE,
        A_CASE + "\nthen:\n    zoe ACCEPTED\n",
        A_CASE + "\nthen answered:\n    zoe ACCEPTED\n\nthe same mail again:\n",
        A_CASE + "\nthen answered:\n    zoe ACCEPTED\n\nafter:\n    anne cancels it\n",
        A_CASE + "\nthen answered:\n  zoe ACCEPTED\n",
        A_CASE + "\nnow answered:\n    zoe ACCEPTED\n",
        A_CASE.replace("shows: Google\n", "") + "\nthen answered:\n    zoe ACCEPTED\n",
        A_CASE[: A_CASE.index("mail from")] + "then:\n    zoe ACCEPTED\n",
        "",
    ],
)
def test_a_case_that_expects_nothing_is_none(text: str) -> None:
    assert read_case(A_CASE + "\nthen answered:\n    zoe ACCEPTED\n").blocks
    with pytest.raises(UselessCase):
        read_case(text)
