"""Mail servers hand mails over, by LMTP and SMTP: stored first, then acknowledged, each recipient by itself."""

import smtplib

import pytest

from deploy.processes import wait_until
from tests.house import House
from tests.letters_in import RESERVATIONS, ROOM, letter
from tests.mailbox.conftest import Running, client, mails, wire

NOBODY = "nobody@creneau.example"
ZOE = "zoe@college.example"


def test_a_mail_server_hands_a_mail_over_by_lmtp(house: House, lmtp: Running, rings: list[str]) -> None:
    with client(lmtp) as session:
        assert session.sendmail(ZOE.upper(), [ROOM.upper()], letter()) == {}
    [mail] = mails(house)
    assert (mail.source, mail.mail_from, mail.recipients) == ("lmtp", ZOE, [ROOM])
    assert (mail.peer, mail.is_local, mail.state) == ("127.0.0.1", True, "waiting")
    assert bytes(mail.raw) == letter()
    assert wait_until(lambda: rings == ["mail received"], seconds=5)


def test_a_mail_server_hands_a_mail_over_by_smtp(house: House, smtp: Running) -> None:
    with client(smtp, smtplib.SMTP) as session:
        assert session.sendmail(ZOE, [ROOM, RESERVATIONS], letter()) == {}
    [mail] = mails(house)
    assert (mail.source, mail.recipients) == ("smtp", sorted([ROOM, RESERVATIONS]))


@pytest.mark.parametrize("kind", [smtplib.LMTP, smtplib.SMTP])
def test_whoever_is_nobody_here_is_refused_and_the_others_get_the_mail(
    house: House, lmtp: Running, smtp: Running, kind: type[smtplib.SMTP]
) -> None:
    with client(lmtp if kind is smtplib.LMTP else smtp, kind) as session:
        refused = session.sendmail(ZOE, [ROOM, NOBODY], letter())
    assert {to: code for to, (code, _) in refused.items()} == {NOBODY: 550}
    assert [mail.recipients for mail in mails(house)] == [[ROOM]]


def test_a_mail_for_nobody_here_is_not_taken(house: House, smtp: Running) -> None:
    with client(smtp, smtplib.SMTP) as session, pytest.raises(smtplib.SMTPRecipientsRefused):
        session.sendmail(ZOE, [NOBODY], letter())
    assert mails(house) == []


def test_a_bounce_comes_from_nobody(house: House, lmtp: Running) -> None:
    with client(lmtp) as session:
        assert session.sendmail("", [f"bounces+{'0' * 32}@creneau.example"], letter()) == {}
    assert [mail.mail_from for mail in mails(house)] == [""]


def test_a_mail_server_that_did_not_hear_the_answer_brings_the_mail_again(house: House, smtp: Running) -> None:
    for recipients in ([ROOM, RESERVATIONS], [RESERVATIONS, ROOM]):
        with client(smtp, smtplib.SMTP) as session:
            assert session.sendmail(ZOE, recipients, letter()) == {}
    assert len(mails(house)) == 1


def test_one_connection_brings_many_mails(house: House, lmtp: Running) -> None:
    with client(lmtp) as session:
        for number in range(30):
            assert session.sendmail(ZOE, [ROOM], letter(str(number))) == {}
    assert len(mails(house)) == 30


def test_lmtp_answers_once_for_each_recipient(lmtp: Running) -> None:
    with wire(lmtp) as them:
        assert "PIPELINING" in them.ask(b"LHLO mx")
        them.say(b"MAIL FROM:<zoe@college.example>", *[b"RCPT TO:<%s>" % to.encode() for to in (ROOM, NOBODY, ROOM)])
        assert [them.hear()[:3] for _ in range(4)] == ["250", "250", "550", "250"]
        assert them.ask(b"DATA")[:3] == "354"
        them.say(b"Subject: x", b"", b"..a dot", b".")
        assert [them.hear()[:3] for _ in range(2)] == ["250", "250"]
        assert them.ask(b"QUIT")[:3] == "221"


def test_dots_that_were_doubled_on_the_way_are_single_again(house: House, lmtp: Running) -> None:
    body = letter(body=".\r\n..\r\n.a\r\nb.\r\n")
    with client(lmtp) as session:
        session.sendmail(ZOE, [ROOM], body)
    assert [bytes(mail.raw) for mail in mails(house)] == [body]


def test_bytes_beyond_ascii_come_as_they_are(house: House, smtp: Running) -> None:
    raw = letter("été").replace(b"Bonjour,", "Bonjour à tous\x00\x7f".encode("latin-1"))
    with client(smtp, smtplib.SMTP) as session:
        session.ehlo()
        assert session.has_extn("8bitmime")
        assert session.has_extn("smtputf8")
        session.sendmail("zoé@collège.example", [ROOM], raw, mail_options=["SMTPUTF8", "BODY=8BITMIME"])
    [mail] = mails(house)
    assert bytes(mail.raw) == raw
    assert mail.mail_from == "zoé@collège.example"
