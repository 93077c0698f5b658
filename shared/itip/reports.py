"""What a mail server reports of a mail of ours (RFC 3464): one report for each recipient that it names."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from shared.itip.incoming import Report
from shared.itip.mailboxes import mail_address
from shared.itip.parts import Leaf
from shared.itip.words import decoded, line

MOST_REPORTS: Final = 100
_MOST_BYTES: Final = 200_000
_LONGEST: Final = 500
_KINDS: Final = frozenset({"message/delivery-status", "message/global-delivery-status"})  # RFC 6533
_ACTIONS: Final = frozenset({"failed", "delayed", "delivered", "relayed", "expanded"})

_BLANK_LINE = re.compile(r"\n[ \t]*\n")
_FOLD = re.compile(r"\n[ \t]+")
_STATUS = re.compile(r"[245]\.\d{1,3}\.\d{1,3}", re.ASCII)


def reports(leaves: Iterable[Leaf]) -> tuple[Report, ...]:
    """Those of a multipart/report; what an old server says in words only is none."""
    status = next((leaf for leaf in leaves if leaf.kind in _KINDS and "multipart/report" in leaf.within), None)
    return tuple(_read(status)) if status else ()


def _read(status: Leaf) -> Iterator[Report]:
    text = decoded(status.content(_MOST_BYTES), status.parameters.get("charset", ""))
    # the first group of fields is about the mail, each further one about a recipient
    groups = _BLANK_LINE.split(text.replace("\r\n", "\n").strip("\n"), MOST_REPORTS + 1)
    for group in groups[: MOST_REPORTS + 1]:
        fields = _fields(group)
        action = fields.get("action", "").partition(" ")[0].lower()
        if action in _ACTIONS:
            found = _STATUS.search(fields.get("status", ""))
            yield Report(
                action=action,
                recipient=_recipient(fields),
                status=found[0] if found else "",
                diagnostic=line(fields.get("diagnostic-code", "").partition(";")[2], _LONGEST),
            )


def _fields(group: str) -> Mapping[str, str]:
    found: dict[str, str] = {}
    for written in _FOLD.sub(" ", group).split("\n"):
        name, _, value = written.partition(":")
        found.setdefault(name.strip().lower(), value.strip())
    return found


def _recipient(fields: Mapping[str, str]) -> str:
    """The address that we wrote to, or else the one that it became on its way."""
    each = (_address(fields.get(name, "")) for name in ("original-recipient", "final-recipient"))
    return next((one for one in each if one), "")


def _address(value: str) -> str:
    """Of a value such as rfc822;zoe@college.example."""
    return mail_address(value.rpartition(";")[2].strip().strip("<>"))
