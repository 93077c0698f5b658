"""A mailbox is looked into by IMAP: each mail is stored, then flagged or moved; a real Dovecot keeps it."""

from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

from deploy.processes import wait_until
from services.mailbox import fetching
from services.mailbox.fetching import Poller
from services.mailbox.post_box import PostBox
from tests.house import House
from tests.letters_in import RESERVATIONS, ROOM, letter
from tests.mailbox.conftest import mails
from tests.oracles.dovecot import Dovecot

Look = Callable[..., Poller]


@pytest.fixture
def dovecot() -> Iterator[Dovecot]:
    with Dovecot() as dovecot:
        yield dovecot


@pytest.fixture
def look(house: House, dovecot: Dovecot, monkeypatch: pytest.MonkeyPatch) -> Iterator[Look]:
    """Look into the mailbox, until the test ends or `stop`."""
    assert house
    monkeypatch.setattr(fetching, "FIRST_PAUSE", 0.05)
    monkeypatch.setattr(fetching, "SLICE", 0.05)
    pollers: list[Poller] = []

    def start(done: str = "") -> Poller:
        poller = Poller(PostBox.from_url(dovecot.url, done), rang.append)
        poller.start()
        pollers.append(poller)
        return poller

    rang: Any = _Rings()
    yield start
    for poller in pollers:
        stop(poller)


class _Rings:
    def append(self) -> None:
        """Nobody listens."""


def stop(poller: Poller) -> None:
    poller.stop()
    poller.join(10)
    assert not poller.is_alive()


def unseen(dovecot: Dovecot) -> int:
    with dovecot.box() as box:
        return len(box.uids("UNSEEN"))


def stored(house: House, count: int) -> bool:
    return wait_until(lambda: len(mails(house)) == count, seconds=15)


def test_a_mail_in_the_mailbox_is_taken_in_and_flagged(house: House, dovecot: Dovecot, look: Look) -> None:
    dovecot.deliver(letter("été"))
    look()
    assert stored(house, 1)
    assert wait_until(lambda: unseen(dovecot) == 0, seconds=15)
    [mail] = mails(house)
    assert (mail.source, mail.mail_from, mail.recipients) == ("imap", "zoe@college.example", [ROOM])
    assert (mail.is_local, mail.state) == (False, "waiting")
    assert bytes(mail.raw).endswith(letter("été"))
    assert b"Return-Path: <zoe@college.example>" in bytes(mail.raw)


def test_a_mail_that_comes_while_it_waits_is_taken_in_soon(house: House, dovecot: Dovecot, look: Look) -> None:
    look()
    for number in range(3):
        dovecot.deliver(letter(str(number)))
        assert stored(house, number + 1), "long before another way than IDLE would have found it"


def test_a_mail_is_moved_where_that_is_wanted(house: House, dovecot: Dovecot, look: Look) -> None:
    dovecot.deliver(letter("a"))
    look("Done")
    assert stored(house, 1)
    dovecot.deliver(letter("b"))
    assert stored(house, 2)

    def is_moved() -> bool:
        with dovecot.box() as box:
            here = len(box.uids())
            box.folder.set("Done")
            return (here, len(box.uids())) == (0, 2)

    assert wait_until(is_moved, seconds=15)


def test_killed_before_the_flag_the_mail_comes_again_and_is_known(
    house: House, dovecot: Dovecot, look: Look, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(*_: object) -> None:
        raise ConnectionResetError

    with monkeypatch.context() as patch:
        patch.setattr(Poller, "_is_done", gone)
        dovecot.deliver(letter())
        poller = look()
        assert stored(house, 1)
        stop(poller)
    assert unseen(dovecot) == 1
    look()
    assert wait_until(lambda: unseen(dovecot) == 0, seconds=15)
    assert len(mails(house)) == 1


def test_a_database_that_is_away_leaves_the_mail_in_the_mailbox(
    house: House, dovecot: Dovecot, look: Look, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries: list[int] = []
    receive = fetching.receive

    def away(*args: Any, **kwargs: Any) -> Any:
        tries.append(unseen(dovecot))
        if len(tries) < 3:
            raise OperationalError("INSERT", {}, Exception("gone"))
        return receive(*args, **kwargs)

    monkeypatch.setattr(fetching, "receive", away)
    monkeypatch.setattr(fetching, "engine", lambda: SimpleNamespace(dispose=int))  # this thread is at it, too
    dovecot.deliver(letter())
    look()
    assert stored(house, 1)
    assert tries == [1, 1, 1]


def test_a_server_that_was_away_is_looked_into_again(house: House, dovecot: Dovecot, look: Look) -> None:
    look()
    dovecot.deliver(letter("a"))
    assert stored(house, 1)
    dovecot.stop()
    dovecot.start()
    dovecot.deliver(letter("b"))
    assert stored(house, 2)


def test_another_uidvalidity_neither_loses_a_mail_nor_brings_one_twice(
    house: House, dovecot: Dovecot, look: Look
) -> None:
    poller = look()
    for subject in "ab":
        dovecot.deliver(letter(subject))
    assert stored(house, 2)
    stop(poller)
    with dovecot.box() as box:
        before = box.folder.status("INBOX")["UIDVALIDITY"]
    dovecot.stop()
    for file in (dovecot.folder / "mail").glob("dovecot*"):
        file.unlink()
    dovecot.start()
    dovecot.deliver(letter("c"))
    with dovecot.box() as box:
        assert box.folder.status("INBOX")["UIDVALIDITY"] != before
    look()
    assert stored(house, 3)
    assert wait_until(lambda: unseen(dovecot) == 0, seconds=15)
    assert len(mails(house)) == 3


def test_what_is_not_for_us_or_too_large_is_flagged_and_not_taken_in(
    house: House, dovecot: Dovecot, look: Look, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetching, "MOST_BYTES", 100_000)
    dovecot.deliver(letter().replace(ROOM.encode(), b"leo@college.example"))
    dovecot.deliver(letter(body="x" * 200_000))
    dovecot.deliver(letter("last"))
    look()
    assert stored(house, 1)
    assert wait_until(lambda: unseen(dovecot) == 0, seconds=15)
    assert [b"Subject: last" in bytes(mail.raw) for mail in mails(house)] == [True]


def test_a_mail_that_names_several_of_us_is_for_all_of_them(house: House, dovecot: Dovecot, look: Look) -> None:
    dovecot.deliver(b"Cc: Atelier <%s>, x@y.example\r\n" % RESERVATIONS.encode() + letter(), mail_from="")
    look()
    assert stored(house, 1)
    [mail] = mails(house)
    assert (mail.recipients, mail.mail_from) == (sorted([RESERVATIONS, ROOM]), "")


def test_a_wrong_password_is_tried_again_and_not_told(
    dovecot: Dovecot, look: Look, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    words: list[str] = []
    monkeypatch.setattr(fetching.log, "warning", lambda *_, **more: words.append(str(more)))
    monkeypatch.setattr(Dovecot, "url", dovecot.url.replace("secret", "hunter2"))
    look()
    assert wait_until(lambda: len(words) >= 2, seconds=30)
    assert "MailboxLoginError" in words[0]
    assert "hunter2" not in " ".join(words) + capsys.readouterr().out
