"""Whoever takes mail in or handles it, killed at the worst moments, by name: no mail is lost, none is handled twice."""

import os
import signal
import smtplib
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import psutil
import pytest
from sqlalchemy import text

from deploy.processes import wait_until
from deploy.valkey import free_port
from tests.chaos.runner import CHECKOUT
from tests.chaos.test_crash_points import KILLED, command, environment, soon, work
from tests.house import House
from tests.imip_in import reply, request
from tests.letters_in import RESERVATIONS, ROOM, come_in
from tests.post_office import PostOffice

ZOE = "zoe@college.example"


@pytest.fixture
def today(house: House) -> House:
    """The house on the real clock: the processes have no other."""
    house.now = datetime.now(UTC)
    return house


@pytest.fixture
def answer(today: House) -> bytes:
    """Zoé's Accept of an invitation that she got."""
    reservation = today.confirmed("flexi-16", at=soon(), guests=[ZOE])
    PostOffice(today).announce_all()
    [invitation] = today.rows("SELECT uid, sequence FROM invitation WHERE reservation_id = :id", id=reservation)
    return reply(invitation.uid, ZOE, "ACCEPTED", sequence=invitation.sequence, dtstamp=today.now, to=RESERVATIONS)


def state(house: House) -> tuple[str, str, int]:
    """Of the one mail, and how often its answer was noted."""
    [mail] = house.rows("SELECT state, outcome FROM inbound_mail")
    answered = house.rows("SELECT FROM event WHERE type = 'AttendeeAnswered'")
    return mail.state, mail.outcome, len(answered)


def partstat(house: House) -> str:
    [row] = house.rows("SELECT partstat FROM attendee WHERE address = :zoe", zoe=ZOE)
    return str(row.partstat)


def the_lease_ends(house: House) -> None:
    """The clock goes past the end of every lease."""
    with house.book() as db:
        db.execute(text("UPDATE inbound_mail SET not_before = now() WHERE state = 'waiting'"))


@contextmanager
def listening(*points: str) -> Iterator[tuple[int, subprocess.Popen[bytes]]]:
    """A listener in a process of its own that dies at that point; its port."""
    port = free_port()
    given = {**os.environ, "MAILBOX_LISTEN": f"lmtp://127.0.0.1:{port}"}
    with subprocess.Popen(command("listen", *points), cwd=CHECKOUT, env=given) as process:
        try:
            assert wait_until(lambda: _is_open(port) or process.poll() is not None, seconds=40)
            yield port, process
        finally:
            process.kill()


def _is_open(port: int) -> bool:
    try:
        smtplib.LMTP("127.0.0.1", port, timeout=5).quit()
    except OSError:
        return False
    return True


def bring(port: int, raw: bytes) -> None:
    """What a mail server does, until it has heard that the mail is taken."""
    with smtplib.LMTP("127.0.0.1", port, timeout=20) as session:
        assert session.sendmail(ZOE, [RESERVATIONS], raw) == {}


@pytest.mark.parametrize(("point", "kept"), [("before-a-mail-is-stored", 0), ("after-a-mail-is-stored", 1)])
def test_a_listener_killed_before_it_acknowledges_gets_the_mail_again_and_has_it_once(
    today: House, answer: bytes, point: str, kept: int
) -> None:
    with listening(point) as (port, process):
        with pytest.raises((smtplib.SMTPException, OSError)):
            bring(port, answer)
        assert process.wait(30) == KILLED
    assert len(today.rows("SELECT FROM inbound_mail")) == kept

    with listening() as (port, process):
        bring(port, answer)
        process.terminate()
        assert process.wait(30) == 0
    assert work(None, "inbox") == 0
    assert (state(today), partstat(today)) == (("handled", "answered", 1), "ACCEPTED")


@pytest.mark.parametrize("point", ["after-the-lease", "after-the-effects"])
def test_killed_before_its_commit_whoever_handles_a_mail_has_done_nothing(
    today: House, answer: bytes, point: str
) -> None:
    come_in(today, answer, RESERVATIONS, mail_from=ZOE)

    assert work(None, "inbox", point) == KILLED
    assert (state(today), partstat(today)) == (("waiting", "", 0), "NEEDS-ACTION")
    assert work(None, "inbox") == 0
    assert state(today) == ("waiting", "", 0), "somebody may still hold it: only the end of the lease says nobody does"

    the_lease_ends(today)
    assert work(None, "inbox") == 0
    assert (state(today), partstat(today)) == (("handled", "answered", 1), "ACCEPTED")


def test_killed_after_its_commit_the_mail_is_handled_and_is_not_again(today: House, answer: bytes) -> None:
    come_in(today, answer, RESERVATIONS, mail_from=ZOE)

    assert work(None, "inbox", "before-the-bell") == KILLED
    assert (state(today), partstat(today)) == (("handled", "answered", 1), "ACCEPTED")

    the_lease_ends(today)
    assert work(None, "inbox") == 0
    assert state(today) == ("handled", "answered", 1)


def test_who_slept_through_the_lease_does_nothing(today: House, answer: bytes) -> None:
    come_in(today, answer, RESERVATIONS, mail_from=ZOE)
    given = environment(None)
    with subprocess.Popen(command("inbox", "frozen-after-the-lease"), cwd=CHECKOUT, env=given) as sleeper:
        try:
            frozen = psutil.Process(sleeper.pid)
            assert wait_until(lambda: frozen.status() == psutil.STATUS_STOPPED, seconds=30)
            the_lease_ends(today)
            assert work(None, "inbox") == 0
            assert state(today) == ("handled", "answered", 1)
        finally:
            sleeper.send_signal(signal.SIGCONT)
        assert sleeper.wait(30) == 0
    assert state(today) == ("handled", "answered", 1)


def test_a_room_is_asked_once_whenever_its_attendant_dies(today: House) -> None:
    start = soon().start
    raw = request("u1@example.org", "anne@example.org", ROOM, start, start + timedelta(hours=2))
    come_in(today, raw, ROOM, mail_from="anne@example.org")
    for point in ("after-the-lease", "after-the-effects"):
        assert work(None, "inbox", point) == KILLED
        assert today.rows("SELECT FROM reservation") == []
        the_lease_ends(today)
    assert work(None, "inbox", "before-the-bell") == KILLED
    assert work(None, "inbox") == 0
    assert [row.title for row in today.rows("SELECT title FROM reservation")] == ["u1"]
