"""An ordinary entry and its mail, and ical.js as a second opinion on the bytes."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from shared.calendar.entry import Entry, Guest, Party
from shared.calendar.imip import Letter
from tests.second_opinion import ical_js  # noqa: F401  a fixture: pytest finds it by this name


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
