"""Cases as readable files: what is there before, a mail, what becomes of it; read, and refused where one says nothing.

A file opens with a sentence, names what it shows, and goes on in blocks, each indented by four spaces:

    before:                      acts, one a line, in the words of `case_acts`; their mails leave and are not looked at
    mail from zoe to us:         headers that matter, an empty line, the body; `, bare LF` and the like say how it comes
    the same mail again:         byte for byte, on another day
    after:                       more acts, whose mails are looked at
    then answered:               after a mail, its outcome, and all that is otherwise than before
    then:                        after acts

What a `then` does not mention is expected to be as it was: nobody else answered, nothing is proposed, no mail leaves.
"""

import re
from dataclasses import dataclass
from itertools import pairwise

INDENT = "    "
HEADING = re.compile(r"(?P<what>before|after|mail|the same mail again|then)\b ?(?P<rest>[^\n]*):")
MAIL = re.compile(r"from (?P<sender>\S+) to (?P<recipients>.+?)(, (?P<how>(bare LF|from outside)))?")
CODE = re.compile(r"[a-z][a-z_]*")


class UselessCase(ValueError):  # noqa: N818 - named as what it says, like the domain's errors
    """A case that cannot be read, or that would hold whatever happens."""


@dataclass(frozen=True)
class Acts:
    """What people do; the mails that follow are looked at in `after`."""

    lines: tuple[str, ...]
    is_looked_at: bool


@dataclass(frozen=True)
class MailIn:
    """A mail as its client writes it, LF at the ends of lines; without a text it is the one before."""

    sender: str
    recipients: tuple[str, ...]
    how: str
    text: str


@dataclass(frozen=True)
class Again:
    """The mail before, once more."""


@dataclass(frozen=True)
class Then:
    """The outcome, '' after acts, and the lines of what is to be seen."""

    code: str
    lines: tuple[str, ...]


Block = Acts | MailIn | Again | Then


@dataclass(frozen=True)
class Case:
    title: str
    shows: frozenset[str]
    blocks: tuple[Block, ...]


def read_case(text: str) -> Case:
    """The case of a file; raises UselessCase."""
    opening, *written = re.split(r"^(?=\S[^\n]*:\n(?:    |\n|\Z))", text, flags=re.MULTILINE)
    title, _, shown = opening.strip().partition("\nshows: ")
    if not title.endswith(".") or not shown:
        raise UselessCase("a case opens with a sentence, and says what it shows")
    blocks = tuple(_block(block) for block in written)
    _check(blocks)
    return Case(title, frozenset(re.split(r",\s+", shown)), blocks)


def _block(text: str) -> Block:
    first, *body = text.rstrip("\n").split("\n")
    heading = HEADING.fullmatch(first)
    if heading is None:
        raise UselessCase(f"no heading: {first!r}")
    if any(line and not line.startswith(INDENT) for line in body):
        raise UselessCase(f"below {first!r} all is indented by four spaces")
    lines = [line.removeprefix(INDENT) for line in body]
    match heading["what"], heading["rest"]:
        case "before" | "after" as what, "":
            return Acts(_said(lines), is_looked_at=what == "after")
        case "mail", rest if (found := MAIL.fullmatch(rest)) is not None:
            recipients = tuple(found["recipients"].split(", "))
            return MailIn(found["sender"], recipients, found["how"] or "", "\n".join([*lines, ""]))
        case "the same mail again", "":
            return Again()
        case "then", code if not code or CODE.fullmatch(code):
            return Then(code, _said(lines))
    raise UselessCase(f"no heading: {first!r}")


def _said(lines: list[str]) -> tuple[str, ...]:
    return tuple(line for line in lines if line)


def _check(blocks: tuple[Block, ...]) -> None:
    """Each mail has an outcome, and what people do afterwards has a consequence."""
    if not any(isinstance(block, MailIn) for block in blocks):
        raise UselessCase("no mail comes in")
    for block, following in pairwise((*blocks, None)):
        match block, following:
            case MailIn() | Again(), Then(code) if code:
                continue
            case MailIn() | Again(), _:
                raise UselessCase("a mail in, and nothing is expected of it")
            case Acts(is_looked_at=True), Then(""):
                continue
            case Acts(is_looked_at=True), _:
                raise UselessCase("somebody does something, and nothing is expected of it")
            case Acts(lines=()), _:
                raise UselessCase("nothing is before")
