"""The process that takes mail in: what it says of its settings, how it ends, and what it does without a database."""

import os
import smtplib
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError

from deploy.processes import wait_until
from services.mailbox import reception
from tests.conftest import CHECKOUT
from tests.house import House
from tests.letters_in import ROOM, letter
from tests.mailbox.conftest import Running, client, mails, wire

ZOE = "zoe@college.example"
COMMAND = (sys.executable, "-m", "services.mailbox")


@contextmanager
def process(tmp_path: Path, **variables: str) -> Iterator[tuple[subprocess.Popen[bytes], Path]]:
    """It runs with these settings, and what it says is in a file."""
    log = tmp_path / "mailbox.log"
    with log.open("wb") as output:
        given = os.environ | {"PYTHONUNBUFFERED": "1"} | variables
        running = subprocess.Popen(COMMAND, cwd=CHECKOUT, env=given, stdout=output, stderr=output)
    try:
        yield running, log
    finally:
        running.kill()
        running.wait()


def test_with_nothing_to_do_it_says_so_and_waits(house: House, tmp_path: Path) -> None:
    assert house
    with process(tmp_path) as (running, log):
        assert wait_until(lambda: "no mail comes in" in log.read_text(), seconds=60), log.read_text()
        assert running.poll() is None
        running.terminate()
        assert running.wait(30) == 0


@pytest.mark.parametrize(
    ("variables", "words"),
    [
        ({"MAILBOX_LISTEN": "http://127.0.0.1"}, "MAILBOX_LISTEN must read"),
        ({"IMAP_URL": "imaps://u:hunter2@127.0.0.1:x"}, "IMAP_URL must read"),
    ],
)
def test_settings_that_are_none_end_it_in_a_line(
    house: House, tmp_path: Path, variables: dict[str, str], words: str
) -> None:
    assert house
    with process(tmp_path, **variables) as (running, log):
        assert running.wait(60) == 1
    assert words in log.read_text()
    assert "Traceback" not in log.read_text()
    assert "hunter2" not in log.read_text()


def test_an_address_that_is_taken_ends_it_in_a_line(house: House, tmp_path: Path) -> None:
    assert house
    with socket.create_server(("127.0.0.1", 0)) as stranger:
        door = f"lmtp://127.0.0.1:{stranger.getsockname()[1]}"
        with process(tmp_path, MAILBOX_LISTEN=door) as (running, log):
            assert running.wait(60) == 1
    assert "cannot take mail in" in log.read_text()
    assert "Traceback" not in log.read_text()


def test_it_listens_on_a_unix_socket_that_a_killed_one_left(house: House, tmp_path: Path) -> None:
    path = tmp_path / "lmtp"
    for _ in range(2):
        with process(tmp_path, MAILBOX_LISTEN=f"lmtp+unix://{path}") as (_, log):
            assert wait_until(lambda: "listening for mail" in log.read_text(), seconds=60), log.read_text()
            with smtplib.LMTP(str(path), timeout=20) as session:
                assert session.sendmail(ZOE, [ROOM], letter()) == {}
    [mail] = mails(house)
    assert (mail.peer, mail.is_local) == ("unix", True)
    assert path.stat().st_mode & 0o777 == 0o660


def test_a_mail_that_is_on_its_way_when_it_ends_still_comes_in(house: House, rings: list[str]) -> None:
    assert rings == []
    with Running("lmtp") as running, wire(running) as them, wire(running) as idle:
        for line in (b"LHLO mx", b"MAIL FROM:<a@x.example>", b"RCPT TO:<%s>" % ROOM.encode(), b"DATA"):
            them.ask(line)
        them.say(b"Subject: on its way")
        assert wait_until(lambda: any(one.is_busy for one in running.listener._open), seconds=10)
        ending = threading.Thread(target=running.end)
        ending.start()
        assert idle.hear() == "", "who says nothing is hung up on at once"
        them.say(b"", b".")
        assert them.hear()[:3] == "250"
        assert them.hear() == ""
        ending.join()
    assert len(mails(house)) == 1


@pytest.mark.parametrize("what", ["_is_ours", "_store"])
def test_while_the_database_is_away_mails_are_to_come_again(
    house: House, lmtp: Running, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    def away(*_: object) -> None:
        raise OperationalError("SELECT", {}, Exception("gone"))

    with monkeypatch.context() as patch:
        patch.setattr(reception, what, away)
        with client(lmtp) as session, pytest.raises(smtplib.SMTPException) as refused:
            session.sendmail(ZOE, [ROOM], letter())
    assert "451" in str(refused.value)
    assert mails(house) == []
    with client(lmtp) as session:
        assert session.sendmail(ZOE, [ROOM], letter()) == {}
    assert len(mails(house)) == 1
