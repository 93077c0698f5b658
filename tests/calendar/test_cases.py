"""Mails as clients write them come in by the real way, and do what the files in `cases` say: state and mails out."""

from pathlib import Path

import pytest

from tests.calendar import case_sight
from tests.calendar.case_inbox import Inbox
from tests.calendar.case_world import World
from tests.calendar.reading_cases import Acts, Again, Case, MailIn, Then, UselessCase, read_case
from tests.house import House

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
