"""Dovecot hands mails over to us by LMTP: a client that somebody else wrote."""

import smtplib
from collections.abc import Iterator

import pytest
from sqlalchemy.exc import OperationalError

from services.mailbox import reception
from tests.house import House
from tests.letters_in import RESERVATIONS, ROOM, letter
from tests.mailbox.conftest import Running, Wire, mails
from tests.oracles.dovecot import Dovecot


@pytest.fixture
def them(lmtp: Running) -> Iterator[Wire]:
    """A conversation with Dovecot, which hands on to us whatever it takes."""
    with Dovecot(hands_to=lmtp.port) as dovecot:
        wire = Wire(dovecot.lmtp_port)
        assert wire.ask(b"LHLO somebody")[:3] == "250"
        yield wire
        wire.close()


def hand_over(them: Wire, *recipients: str) -> list[str]:
    """What Dovecot answers for each recipient, and at the end for each that it took."""
    assert them.ask(b"MAIL FROM:<zoe@college.example>")[:3] == "250"
    taken = [them.ask(b"RCPT TO:<%s>" % to.encode())[:3] for to in recipients]
    if "250" not in taken:
        return taken
    assert them.ask(b"DATA")[:3] == "354"
    them.socket.sendall(letter(body="..\r\nend\r\n") + b".\r\n")
    return taken + [them.hear()[:3] for answer in taken if answer == "250"]


def test_a_mail_for_two_of_us_comes_as_one(house: House, them: Wire) -> None:
    assert hand_over(them, ROOM, RESERVATIONS) == ["250"] * 4
    [mail] = mails(house)
    assert (mail.mail_from, mail.recipients) == ("zoe@college.example", sorted([ROOM, RESERVATIONS]))
    assert bytes(mail.raw).endswith(letter(body=".\r\nend\r\n"))


def test_who_is_nobody_here_is_nobody_there(house: House, them: Wire) -> None:
    assert hand_over(them, "nobody@creneau.example") == ["550"]
    assert them.ask(b"RSET")[:3] == "250"
    assert hand_over(them, ROOM) == ["250", "250"]
    assert len(mails(house)) == 1


def test_while_the_database_is_away_it_is_told_to_come_again(
    house: House, them: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object) -> None:
        raise OperationalError("INSERT", {}, Exception("gone"))

    with monkeypatch.context() as patch:
        patch.setattr(reception, "_store", away)
        assert hand_over(them, ROOM) == ["250", "451"]
    assert hand_over(them, ROOM) == ["250", "250"]
    assert len(mails(house)) == 1


def test_a_mail_that_goes_on_to_us_is_delivered_with_smtplib_too(house: House, lmtp: Running) -> None:
    with Dovecot(hands_to=lmtp.port) as dovecot:
        dovecot.deliver(letter(), ROOM)
        with pytest.raises(smtplib.SMTPRecipientsRefused):
            dovecot.deliver(letter(), "nobody@creneau.example")
    assert len(mails(house)) == 1
