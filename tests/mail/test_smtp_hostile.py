"""A server that answers too much, too slowly, too early or not in SMTP cannot hang, flood or fool the mailer."""

import ssl
import time
from pathlib import Path

import pytest

from shared.mail import ConfigurationFailure, Envelope, FinalFailure, PassingFailure, SmtpMailer
from tests.mail.raw import RawServer, Step

ENVELOPE = Envelope("bounces@canope.test", "claire@college.test")
MESSAGE = b"Subject: a\r\n\r\n.dot\r\n"
BODY = b"Subject: a\r\n\r\n..dot\r\n"
OK = b"250 ok\r\n"
MAIL: list[Step] = [(b"\r\n", b"250 raw.test\r\n"), (b"<bounces@canope.test>\r\n", OK)]
DATA: list[Step] = [*MAIL, (b"<claire@college.test>\r\n", OK), (b"DATA\r\n", b"354 go on\r\n")]


def send(server: RawServer) -> str:
    mailer = SmtpMailer(server.url, answer_timeout=1, dot_timeout=1)
    try:
        return mailer.send(ENVELOPE, MESSAGE, before_commit=lambda: None).response
    finally:
        mailer.close()


def test_the_ledger_is_told_when_everything_but_the_dot_has_arrived() -> None:
    with RawServer(*DATA, (b"\r\n.\r\n", OK)) as server:
        mailer = SmtpMailer(server.url)
        calls: list[bool] = []

        def everything_arrived() -> None:
            calls.append(server.wait_for(b"DATA\r\n" + BODY))

        mailer.send(ENVELOPE, MESSAGE, before_commit=everything_arrived)
        mailer.close()
    assert calls == [True]


@pytest.mark.parametrize(
    "answer",
    [
        b"250-" + b"x" * 100_000,
        b"250-again\r\n" * 10_000 + b"250 ok\r\n",
        b"\xff\xfe\r\n",
        b"999 what\r\n",
        b"25\r\n",
        b"",
        b"354 more\r\n",
    ],
)
def test_an_answer_that_is_none_leaves_the_mail_ambiguous(answer: bytes) -> None:
    with RawServer(*DATA, (b"\r\n.\r\n", answer)) as server, pytest.raises(PassingFailure) as failure:
        send(server)
    assert failure.value.ambiguous
    assert len(failure.value.reason) < 300


@pytest.mark.parametrize("answer", [b"250-" + b"x" * 100_000, b"garbage\r\n", b"", b"250 no 354\r\n"])
def test_a_strange_answer_before_the_dot_is_not_ambiguous(answer: bytes) -> None:
    steps = [*MAIL, (b"<claire@college.test>\r\n", OK), (b"DATA\r\n", answer)]
    with RawServer(*steps) as server, pytest.raises(PassingFailure) as failure:
        send(server)
    assert not failure.value.ambiguous


def test_an_answer_given_before_the_dot_is_not_taken_for_its_answer() -> None:
    steps = [*DATA[:-1], (b"DATA\r\n", b"354 go on\r\n250 already sent\r\n"), (b"\r\n.\r\n", b"")]
    with RawServer(*steps) as server, pytest.raises(PassingFailure, match="unexpected answer") as failure:
        send(server)
    assert not failure.value.ambiguous
    assert not server.received.endswith(b"\r\n.\r\n")


def test_an_answer_that_drips_is_bounded_as_a_whole() -> None:
    started = time.monotonic()
    with RawServer(*DATA, (b"\r\n.\r\n", b"250-"), drip=True) as server, pytest.raises(PassingFailure) as failure:
        send(server)
    assert failure.value.ambiguous
    assert time.monotonic() - started < 5


def test_a_long_answer_is_kept_short_and_printable() -> None:
    with RawServer(*DATA, (b"\r\n.\r\n", b"250-first\r\n250 \x1b[31m" + b"y" * 1000 + b"\r\n")) as server:
        response = send(server)
    assert len(response) <= 200
    assert response.isprintable()
    assert response.startswith("250 ")


@pytest.mark.parametrize("greeting", [b"554 go away\r\n", b"521 no mail here\r\n"])
def test_a_closed_door_kills_no_mail(greeting: bytes) -> None:
    with RawServer(greeting=greeting) as server, pytest.raises(ConfigurationFailure) as failure:
        send(server)
    assert not failure.value.ambiguous


@pytest.mark.parametrize("greeting", [b"421 later\r\n", b"450 later\r\n", b"SSH-2.0-x\r\n", b""])
def test_a_door_closed_for_now_is_tried_again(greeting: bytes) -> None:
    with RawServer(greeting=greeting) as server, pytest.raises(PassingFailure) as failure:
        send(server)
    assert not isinstance(failure.value, ConfigurationFailure)


def test_a_refused_sender_is_our_configuration() -> None:
    with (
        RawServer(MAIL[0], (b"<bounces@canope.test>\r\n", b"550 not your domain\r\n")) as server,
        pytest.raises(ConfigurationFailure, match="not your domain"),
    ):
        send(server)


@pytest.mark.parametrize(("answer", "is_final"), [(b"552 quota\r\n", True), (b"452 quota\r\n", False)])
def test_a_full_mailbox_is_judged_by_the_first_digit(answer: bytes, is_final: bool) -> None:  # pytest names it
    with (
        RawServer(*MAIL, (b"<claire@college.test>\r\n", answer), (b"RSET\r\n", OK)) as server,
        pytest.raises(FinalFailure if is_final else PassingFailure),
    ):
        send(server)


def test_a_goodbye_after_the_dot_is_an_answer() -> None:
    with RawServer(*DATA, (b"\r\n.\r\n", b"421 closing\r\n")) as server, pytest.raises(PassingFailure) as failure:
        send(server)
    assert not failure.value.ambiguous


def test_plain_text_injected_before_encryption_is_refused(certificate: Path) -> None:
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate)
    hello = (b"\r\n", b"250-raw.test\r\n250 STARTTLS\r\n")
    injected = (b"STARTTLS\r\n", b"220 go\r\n250 injected\r\n")
    with RawServer(hello, injected, tls=tls) as server, pytest.raises(PassingFailure, match="injected before TLS"):
        send(server)


def test_a_goodbye_instead_of_an_answer_to_mail_is_tried_again_later() -> None:
    goodbye = (b"<bounces@canope.test>\r\n", b"421 too many\r\n")
    with RawServer(MAIL[0], goodbye) as server, pytest.raises(PassingFailure, match="421 too many") as failure:
        send(server)
    assert not failure.value.ambiguous


def test_a_connection_reset_is_a_passing_failure() -> None:
    with RawServer(*DATA[:-1], reset=True) as server, pytest.raises(PassingFailure) as failure:
        send(server)
    assert not failure.value.ambiguous


def test_a_login_challenge_that_is_no_base64_is_a_configuration_failure() -> None:
    hello = (b"\r\n", b"250-raw.test\r\n250 AUTH CRAM-MD5\r\n")
    with RawServer(hello, (b"AUTH CRAM-MD5\r\n", b"334 a\r\n")) as server:
        mailer = SmtpMailer(server.url.replace("//", "//claire:s3cr3t@"), answer_timeout=1)
        with pytest.raises(ConfigurationFailure, match="challenge"):
            mailer.send(ENVELOPE, MESSAGE, before_commit=lambda: None)
        mailer.close()
