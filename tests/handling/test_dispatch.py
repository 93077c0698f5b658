"""Who acts on a mail: by the address that it came to, by what it says, and by who says it."""

from datetime import UTC, datetime
from typing import Any

import pytest

from shared import broker
from shared.handling import acting, dispatch, leases
from shared.inbox.outcomes import Outcome
from shared.itip.incoming import Component, Incoming, Scheduling
from tests.house import House
from tests.letters_in import RESERVATIONS, ROOM, come_in, letter

ZOE = "zoe@college.example"
BOUNCES = f"bounces+{'0' * 32}@creneau.example"
ANSWERED, ASKED, BOUNCED = "answered", "asked", "bounced"


@pytest.fixture(autouse=True)
def acted(house: House, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Who acted, in order; what they would do is another test's matter."""
    assert house
    house.now = datetime.now(UTC)
    done: list[str] = []

    def by(name: str) -> Any:
        def act(*_: object, **__: object) -> Outcome:
            done.append(name)
            return Outcome(name)

        return act

    monkeypatch.setattr(broker, "ring", lambda *_: None)
    monkeypatch.setattr(dispatch, "ANSWERS", dict.fromkeys(dispatch.ANSWERS, by(ANSWERED)))
    monkeypatch.setattr(dispatch, "REQUESTS", dict.fromkeys(dispatch.REQUESTS, by(ASKED)))
    monkeypatch.setattr(dispatch, "take_bounce", by(BOUNCED))
    return done


def said(method: str = "", **more: Any) -> Incoming:
    scheduling = Scheduling(method, "u1", (Component(uid="u1"),)) if method else None
    return Incoming(**{"message_id": "<m1>", "sender": ZOE, "scheduling": scheduling} | more)


def outcome(house: House, incoming: Incoming, *to: str, sender: str = ZOE, mail_from: str = ZOE, raw: str = "x") -> str:
    """What is made of a mail that says so, of an authenticated sender."""
    come_in(house, letter(raw), *to, mail_from=mail_from)
    with house.book() as db:
        [mail] = leases.claim(db, now=house.now, most=1)
    with house.book() as db:
        made = acting.act(db, mail, acting.Looked(incoming, sender, "test"), now=house.now)
    assert made
    return made.code


@pytest.mark.parametrize(
    ("method", "recipient", "expected"),
    [
        ("REPLY", RESERVATIONS, ANSWERED),
        ("COUNTER", RESERVATIONS, ANSWERED),
        ("REFRESH", RESERVATIONS, ANSWERED),
        ("REPLY", ROOM, ANSWERED),
        ("REQUEST", ROOM, ASKED),
        ("CANCEL", ROOM, ASKED),
        ("ADD", ROOM, ASKED),
        ("REQUEST", RESERVATIONS, "not_ours_to_answer"),
        ("CANCEL", RESERVATIONS, "not_ours_to_answer"),
        ("DANCE", ROOM, "unknown_method"),
        ("PUBLISH", RESERVATIONS, "unknown_method"),
        ("", ROOM, "no_calendar"),
        ("REPLY", BOUNCES, BOUNCED),
        ("", BOUNCES, BOUNCED),
    ],
)
def test_the_right_one_acts(house: House, acted: list[str], method: str, recipient: str, expected: str) -> None:
    assert outcome(house, said(method), recipient) == expected
    assert acted == ([expected] if expected in {ANSWERED, ASKED, BOUNCED} else [])


def test_a_request_that_reaches_several_of_us_is_acted_on_once(house: House, acted: list[str]) -> None:
    assert outcome(house, said("REQUEST"), ROOM, RESERVATIONS, "room-flexi-19@rooms.creneau.example") == ASKED
    assert acted == [ASKED]


def test_what_there_is_in_place_of_a_calendar_is_said(house: House) -> None:
    assert outcome(house, said(unasked="winmail"), ROOM) == "winmail"


@pytest.mark.parametrize("mail_from", ["", ROOM, RESERVATIONS, BOUNCES])
def test_nobody_acts_on_what_a_machine_or_we_ourselves_sent(house: House, acted: list[str], mail_from: str) -> None:
    assert outcome(house, said("REQUEST"), ROOM, mail_from=mail_from) == "own_or_null_sender"
    assert outcome(house, said("REQUEST", sender=ROOM), ROOM, raw="y") == "own_or_null_sender"
    assert acted == []


def test_a_bounce_has_the_null_sender_and_nobody_vouches_for_it(house: House, acted: list[str]) -> None:
    assert outcome(house, said(), BOUNCES, sender="", mail_from="") == BOUNCED
    assert acted == [BOUNCED]


def test_nobody_acts_on_the_word_of_somebody_unknown(house: House, acted: list[str]) -> None:
    assert outcome(house, said("REPLY"), RESERVATIONS, sender="") == "unauthenticated"
    assert acted == []


def test_the_same_message_by_another_way_is_acted_on_once(house: House, acted: list[str]) -> None:
    assert outcome(house, said("REPLY"), RESERVATIONS, raw="by smtp") == ANSWERED
    assert outcome(house, said("REPLY"), RESERVATIONS, raw="by imap") == "duplicate"
    assert acted == [ANSWERED]


def test_what_only_looks_like_the_same_message_is_another(house: House, acted: list[str]) -> None:
    assert outcome(house, said("REPLY"), RESERVATIONS, sender="", raw="forged") == "unauthenticated"
    assert outcome(house, said("REPLY"), RESERVATIONS, raw="a") == ANSWERED
    assert outcome(house, said("REPLY"), ROOM, raw="b") == ANSWERED
    assert outcome(house, said("REPLY", message_id="<m2>"), RESERVATIONS, raw="c") == ANSWERED
    assert outcome(house, said("REPLY"), RESERVATIONS, raw="d", sender="leo@college.example") == ANSWERED
    assert outcome(house, said("REPLY", message_id=""), RESERVATIONS, raw="e") == ANSWERED
    assert outcome(house, said("REPLY", message_id=""), RESERVATIONS, raw="f") == ANSWERED
    assert acted == [ANSWERED] * 6


def test_what_was_set_aside_or_waits_is_no_message_that_was_handled(house: House) -> None:
    first = said("REPLY")
    come_in(house, letter("first"), RESERVATIONS)
    with house.book() as db:
        [mail] = leases.claim(db, now=house.now, most=1)
        leases.quarantine(db, mail, code="failed", reason="x", now=house.now)
    assert outcome(house, first, RESERVATIONS, raw="second") == ANSWERED
