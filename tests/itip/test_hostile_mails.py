"""Whatever comes in: a mail that is understood, or one clear refusal; never anything else, and never for long."""

import time
from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from shared.itip.incoming import Incoming, UnreadableMail
from shared.itip.reading import read_mail
from tests import memory
from tests.itip.bombs import CALENDAR, EVENT, HEAD, MIXED, READ, REFUSED

PARIS = "Europe/Paris"
DIALECTS = [path.read_bytes() for path in sorted((Path(__file__).parent / "dialects").iterdir())]
LONGEST = 0.1
MOST_MEMORY = 200_000_000
TOKENS = [
    *(b"From: ", b"<a@b.fr>", b"Subject: ", b"=?utf-8?q?", b"=?gb18030?b?/////w==?=", b"?=", b"Content-Type: "),
    *(b"\r\n\r\n", b"text/calendar", b"; method=REPLY", b"; charset=utf-16", b"; charset=idna", b"\n--b", b"--b--"),
    *(b"multipart/mixed; boundary=b", b"Content-Transfer-Encoding: base64\n", b"BEGIN:VCALENDAR\r\n"),
    *(b"METHOD:REPLY\r\n", b"BEGIN:VEVENT\n", b"END:VEVENT\n", b"UID:1\r\n", b"DTSTART", b"DTEND", b"DURATION:"),
    *(b"RRULE:FREQ=DAILY", b"EXDATE:", b"RECURRENCE-ID", b";TZID=Europe/Paris", b";TZID=", b";VALUE=DATE"),
    *(b":20271109T090000Z", b":99991231T235959Z", b":00010101", b"/PT1H", b"P999W", b"ATTENDEE;PARTSTAT=", b"^n"),
    *(b":mailto:a@b.fr", b"\x00", b"\xff", b"\xf0\x9f\x8e\xac", b"SEQUENCE:-1\n", b"SEQUENCE:99999999999\n"),
    *(b"DTSTAMP:20271109T080000Z\r\n", b"message/delivery-status", b"Action: ", b";RANGE=THISANDFUTURE"),
]


def check(raw: bytes) -> Incoming | UnreadableMail:
    """What is made of it: words that the database takes, times that are aware."""
    found = _read(raw)
    if isinstance(found, UnreadableMail):
        assert found.code.replace("_", "").isalpha()
        assert str(found)
        return found
    for value in _values(found):
        if isinstance(value, str):
            assert "\0" not in value
            value.encode()
    if found.scheduling:
        assert found.scheduling.uid
        assert all(one.uid == found.scheduling.uid for one in found.scheduling.components)
        assert not any(one.recurrence_id is None for one in found.scheduling.components[1:])
    return found


def _read(raw: bytes) -> Incoming | UnreadableMail:
    try:
        return read_mail(raw, PARIS)
    except UnreadableMail as error:
        return error


def _values(value: object) -> Iterator[object]:
    if is_dataclass(value):
        for field in fields(value):
            yield from _values(getattr(value, field.name))
    elif isinstance(value, tuple):
        for one in value:
            yield from _values(one)
    else:
        yield value


@settings(max_examples=300, deadline=None, derandomize=True)
@given(raw=st.binary(max_size=400))
@example(raw=b"")
@example(raw=b"From ")
@example(raw=b"\n")
def test_any_bytes(raw: bytes) -> None:
    check(raw)


@settings(max_examples=500, deadline=None, derandomize=True)
@given(start=st.sampled_from([b"", HEAD, MIXED, CALENDAR, CALENDAR + EVENT]), tokens=st.lists(st.sampled_from(TOKENS)))
def test_any_order_of_what_mails_are_made_of(start: bytes, tokens: list[bytes]) -> None:
    check(start + b"".join(tokens))


@pytest.mark.parametrize("dialect", DIALECTS)
@settings(max_examples=80, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_any_damage_to_a_real_mail(dialect: bytes, data: st.DataObject) -> None:
    raw = dialect
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(raw)))
        gone = data.draw(st.integers(0, 40))
        put = data.draw(st.one_of(st.binary(max_size=4), st.sampled_from(TOKENS)))
        raw = raw[:place] + put + raw[place + gone :]
    check(raw)


@pytest.mark.parametrize(("bomb", "code"), REFUSED.values(), ids=REFUSED)
def test_a_bomb_is_refused_within_100_milliseconds(bomb: Callable[[], bytes], code: str) -> None:
    raw = bomb()
    found = _read(raw)
    assert isinstance(found, UnreadableMail)
    assert found.code == code
    assert min(_seconds(raw) for _ in range(3)) < LONGEST


def _seconds(raw: bytes) -> float:
    """Of this process: what others do meanwhile is not the mail's fault, nor is a garbage collection of three tries."""
    started = time.process_time()
    _read(raw)
    return time.process_time() - started


@pytest.mark.parametrize("bomb", READ.values(), ids=READ)
def test_what_is_no_bomb_is_read_within_a_second(bomb: Callable[[], bytes]) -> None:
    raw = bomb()
    assert isinstance(check(raw), Incoming)
    assert _seconds(raw) < 1


def test_no_bomb_fills_the_memory() -> None:
    """All of them one after the other, in a process of their own."""
    script = (
        "from shared.itip.incoming import UnreadableMail\n"
        "from shared.itip.reading import read_mail\n"
        "from tests.itip.bombs import READ, REFUSED\n"
        "from tests.memory import peak\n"
        "for bomb in [*READ.values(), *(bomb for bomb, _ in REFUSED.values())]:\n"
        "    try:\n"
        "        read_mail(bomb(), 'Europe/Paris')\n"
        "    except UnreadableMail:\n"
        "        pass\n"
        "print(peak())\n"
    )
    assert memory.of_a_process(script) < MOST_MEMORY
