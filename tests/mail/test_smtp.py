"""What each behaviour of a mail server means for one mail: sent, to be tried again, dead, or ambiguous."""

import time
from collections.abc import Callable

import pytest
from aiosmtpd.smtp import AuthResult
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.mail import ConfigurationFailure, Envelope, FinalFailure, PassingFailure, Receipt, SmtpMailer
from tests.mail.server import Behaviour, Kept, MailServer, mixture, script

ENVELOPE = Envelope("bounces+7@canope.test", "claire@college.test")
MESSAGE = b"Message-ID: <7@canope.test>\r\nSubject: Flexi 16\r\n\r\n.hidden\r\n..\r\n.\r\nBonjour\r\n"


def send(
    server: MailServer,
    message: bytes = MESSAGE,
    envelope: Envelope = ENVELOPE,
    before_commit: Callable[[], None] = lambda: None,
) -> Receipt:
    mailer = SmtpMailer(server.url, answer_timeout=5, dot_timeout=0.3)
    try:
        return mailer.send(envelope, message, before_commit=before_commit)
    finally:
        mailer.close()


def test_a_mail_arrives_as_it_was_stored() -> None:
    with MailServer() as server:
        receipt = send(server)
        assert server.messages == [Kept(ENVELOPE.sender, ENVELOPE.recipient, MESSAGE)]
    assert receipt.response == "250 2.0.0 Ok: queued as 1"


@pytest.mark.parametrize("behaviour", [Behaviour.RCPT_4XX, Behaviour.DATA_4XX])
def test_a_busy_server_is_asked_again_later(behaviour: Behaviour) -> None:
    with MailServer(script(behaviour)) as server, pytest.raises(PassingFailure, match=r"^45[01] 4\.") as failure:
        send(server)
    assert not failure.value.ambiguous
    assert server.messages == []


@pytest.mark.parametrize(("behaviour", "code"), [(Behaviour.RCPT_5XX, 550), (Behaviour.DATA_5XX, 554)])
def test_a_refused_mail_is_dead(behaviour: Behaviour, code: int) -> None:
    with MailServer(script(behaviour)) as server, pytest.raises(FinalFailure) as failure:
        send(server)
    assert failure.value.code == code
    assert server.messages == []


@pytest.mark.parametrize("behaviour", [Behaviour.HANG, Behaviour.DROP_AFTER_DOT])
def test_silence_after_the_dot_is_ambiguous_and_the_mail_may_be_there(behaviour: Behaviour) -> None:
    with MailServer(script(behaviour), hang_seconds=30) as server:
        started = time.monotonic()
        with pytest.raises(PassingFailure) as failure:
            send(server)
        assert time.monotonic() - started < 5
        assert [kept.content for kept in server.messages] == [MESSAGE]
    assert failure.value.ambiguous


def test_a_connection_lost_before_the_dot_is_not_ambiguous() -> None:
    with MailServer(script(Behaviour.DROP_BEFORE_DOT)) as server:

        def until_it_is_closed() -> None:
            wait_until(lambda: not server.open_connections)

        with pytest.raises(PassingFailure) as failure:
            send(server, before_commit=until_it_is_closed)
        assert server.messages == []
    assert not failure.value.ambiguous


def test_a_refused_connection_is_tried_again_later() -> None:
    with MailServer(script(then=Behaviour.REFUSE)) as server, pytest.raises(PassingFailure) as cut:
        send(server)
    with pytest.raises(PassingFailure, match="Connection refused") as stopped:
        send(server)
    assert not cut.value.ambiguous
    assert not stopped.value.ambiguous


def test_every_failure_tells_the_truth_about_what_was_kept() -> None:
    """Under a seeded mixture, sent and ambiguous ones may be kept, all sent ones are, and no other one is."""
    with MailServer(mixture(62), hang_seconds=30) as server:
        mailer = SmtpMailer(server.url, answer_timeout=5, dot_timeout=0.1)
        sent: set[bytes] = set()
        ambiguous: set[bytes] = set()
        others: set[bytes] = set()
        for number in range(150):
            message = b"Subject: %d\r\n\r\n" % number
            try:
                mailer.send(ENVELOPE, message, before_commit=lambda: None)
                sent.add(message)
            except FinalFailure:
                others.add(message)
            except PassingFailure as failure:
                (ambiguous if failure.ambiguous else others).add(message)
        mailer.close()
        kept = {message.content for message in server.messages}
    assert sent <= kept <= sent | ambiguous
    assert min(len(sent), len(ambiguous), len(others)) > 10


def test_the_ledger_is_told_once_and_before_the_server_has_the_mail() -> None:
    seen = []
    with MailServer() as server:
        send(server, before_commit=lambda: seen.append(server.messages))
        assert len(server.messages) == 1
    assert seen == [[]]


def test_a_mail_that_fails_before_the_dot_never_reaches_the_ledger() -> None:
    called: list[None] = []
    with MailServer(script(Behaviour.RCPT_5XX)) as server, pytest.raises(FinalFailure):
        send(server, before_commit=lambda: called.append(None))
    assert called == []


def test_a_ledger_that_refuses_keeps_the_mail_from_leaving() -> None:
    def lease_was_lost() -> None:
        raise LookupError("another worker has the row")

    with MailServer() as server:
        with pytest.raises(LookupError, match="another worker"):
            send(server, before_commit=lease_was_lost)
        wait_until(lambda: not server.open_connections)
        assert server.messages == []


def test_an_oversized_mail_is_dead_before_it_is_sent() -> None:
    with (
        MailServer(data_size_limit=100) as server,
        pytest.raises(FinalFailure, match="the server takes 100") as failure,
    ):
        send(server, MESSAGE + b"x" * 100)
    assert failure.value.code == 552


def test_accents_go_through_where_the_server_takes_them() -> None:
    envelope = Envelope("bounces@canope.test", "hélène@collège.test")
    with MailServer() as server:
        send(server, "Subject: été\r\n\r\nÀ bientôt\r\n".encode(), envelope)
        assert server.messages[0].recipient == "hélène@xn--collge-6ua.test"
        assert server.messages[0].content == "Subject: été\r\n\r\nÀ bientôt\r\n".encode()


def test_accents_in_an_address_are_final_where_the_server_takes_none() -> None:
    with MailServer(enable_SMTPUTF8=False) as server:
        with pytest.raises(FinalFailure) as failure:
            send(server, envelope=Envelope("bounces@canope.test", "hélène@college.test"))
        send(server, "Subject: a\r\n\r\nÀ bientôt\r\n".encode(), Envelope("a@canope.test", "claire@collège.test"))
        assert [kept.recipient for kept in server.messages] == ["claire@xn--collge-6ua.test"]
    assert failure.value.code == 553


@pytest.mark.parametrize(
    "recipient",
    [
        "",
        "claire",
        "@college.test",
        "claire@",
        "claire@college.test>\r\nRCPT TO:<eve@evil.test",
        "claire@college.test\nDATA",
        "claire@college.test> SIZE=1",
        "a b@college.test",
        "claire@college..test",
        "claire@-college.test",
        "claire\x00@college.test",
        "claire\u2028@college.test",
        "claire\udcff@college.test",
        "x" * 65 + "@college.test",
        "claire@" + "college." * 40 + "test",
        "claire@" + "é" * 70 + ".test",
    ],
)
def test_a_malformed_address_is_final_and_nothing_is_said_to_the_server(recipient: str) -> None:
    mailer = SmtpMailer("smtp://127.0.0.1:1")  # nobody listens: a connection would be a passing failure
    with pytest.raises(FinalFailure) as failure:
        mailer.send(Envelope("a@canope.test", recipient), MESSAGE, before_commit=lambda: None)
    assert failure.value.code == 553


@pytest.mark.parametrize("message", [b"a\nb", b"a\rb", b"a\r\n.\nMAIL FROM:<>\r\n", b"\n\r"])
def test_a_message_that_could_smuggle_another_is_never_sent(message: bytes) -> None:
    mailer = SmtpMailer("smtp://127.0.0.1:1")
    with pytest.raises(FinalFailure, match="CRLF"):
        mailer.send(ENVELOPE, message, before_commit=lambda: None)


def test_dots_arrive_exactly_as_they_were_written() -> None:
    line = st.builds(bytes.__add__, st.sampled_from([b"", b".", b"..", b"a."]), st.binary(max_size=20))
    lines = st.lists(line.map(lambda text: text.replace(b"\r", b"").replace(b"\n", b"")), max_size=8)
    with MailServer() as server:
        mailer = SmtpMailer(server.url)

        @settings(max_examples=300, deadline=None)
        @given(lines)
        def check(body: list[bytes]) -> None:
            message = b"Subject: a\r\n\r\n" + b"".join(text + b"\r\n" for text in body)
            mailer.send(ENVELOPE, message, before_commit=lambda: None)
            assert server.messages[-1].content == message

        @settings(max_examples=100, deadline=None)
        @given(lines)
        def check_without_header(body: list[bytes]) -> None:
            message = b"".join(text.decode("latin-1").encode("ascii", "replace") + b"\r\n" for text in body)
            mailer.send(ENVELOPE, message, before_commit=lambda: None)
            assert server.messages[-1].content == message

        check()
        check_without_header()
        mailer.close()


def authenticator(_server: object, _session: object, _envelope: object, _mechanism: str, data: object) -> AuthResult:
    return AuthResult(success=getattr(data, "password", b"") == b"p@ss", handled=False)


def test_a_wrong_password_is_our_configuration_and_kills_no_mail() -> None:
    with MailServer(authenticator=authenticator, auth_require_tls=False) as server:
        mailer = SmtpMailer(server.url.replace("//", "//claire:s3cr3t-word@"))
        with pytest.raises(ConfigurationFailure, match="535 login refused") as failure:
            mailer.send(ENVELOPE, MESSAGE, before_commit=lambda: None)
        assert not failure.value.ambiguous
        assert "s3cr3t" not in repr(mailer) + repr(failure.value)
        mailer.close()


def test_the_right_password_opens_the_door() -> None:
    with MailServer(authenticator=authenticator, auth_require_tls=False) as server:
        mailer = SmtpMailer(server.url.replace("//", "//claire:p%40ss@"))
        mailer.send(ENVELOPE, MESSAGE, before_commit=lambda: None)
        mailer.close()
        assert len(server.messages) == 1


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")  # that is what this server is for
def test_a_missing_password_is_our_configuration_too() -> None:
    server = MailServer(authenticator=authenticator, auth_required=True, auth_require_tls=False)
    with server, pytest.raises(ConfigurationFailure, match=r"^530"):
        send(server)


def test_credentials_for_a_server_without_login_are_a_configuration_failure() -> None:
    with MailServer() as server:
        mailer = SmtpMailer(server.url.replace("//", "//claire:s3cr3t@"))
        with pytest.raises(ConfigurationFailure, match="AUTH"):
            mailer.send(ENVELOPE, MESSAGE, before_commit=lambda: None)
        mailer.close()


@pytest.mark.parametrize(
    "url",
    [
        "http://mail.test",
        "smtp://",
        "smtp://claire:s3cr3t#x@mail.test",
        "smtp://claire:s3cr3t@mail.test:port",
        "smtp://claire@mail.test",
        "smtp://claire:s3cr3t@mail.test/path",
        "smtp://claire:s3cr3té@mail.test",
        "smtp://claire:s3cr3t@[mail.test",
    ],
)
def test_a_malformed_url_is_refused_without_repeating_the_password(url: str) -> None:
    with pytest.raises(ValueError, match="SMTP_URL must read") as failure:
        SmtpMailer(url)
    assert "s3cr3t" not in str(failure.value)
    assert failure.value.__suppress_context__ or failure.value.__context__ is None


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.001)
