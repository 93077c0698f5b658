"""Kept connections, threads, restarts and encryption: what happens between two mails."""

import ssl
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from aiosmtpd.smtp import AuthResult

from shared.mail import ConfigurationFailure, Envelope, FinalFailure, PassingFailure, SmtpMailer
from shared.mail.server import Server
from tests.mail.server import Behaviour, MailServer, script

ENVELOPE = Envelope("bounces+7@canope.test", "claire@college.test")


def send(mailer: SmtpMailer, number: int = 0) -> None:
    mailer.send(ENVELOPE, b"Subject: %d\r\n\r\n" % number, before_commit=lambda: None)


def test_fifty_mails_share_one_connection() -> None:
    with MailServer() as server:
        mailer = SmtpMailer(server.url)
        for number in range(50):
            send(mailer, number)
        mailer.close()
        assert len(server.messages) == 50
        assert server.connections == 1


@pytest.mark.parametrize("refusal", [Behaviour.RCPT_5XX, Behaviour.DATA_5XX, Behaviour.RCPT_4XX, Behaviour.DATA_4XX])
def test_a_refused_mail_leaves_its_connection_to_the_next(refusal: Behaviour) -> None:
    with MailServer(script(refusal)) as server:
        mailer = SmtpMailer(server.url)
        with pytest.raises((PassingFailure, FinalFailure)):
            send(mailer)
        send(mailer, 1)
        mailer.close()
        assert [kept.content for kept in server.messages] == [b"Subject: 1\r\n\r\n"]
        assert server.connections == 1


def test_threads_share_at_most_the_allowed_connections() -> None:
    with MailServer() as server:
        mailer = SmtpMailer(server.url, connections=3)
        most = 0
        failures: list[Exception] = []

        def watch() -> None:
            nonlocal most
            most = max(most, len(server.open_connections))

        def work(start: int) -> None:
            try:
                for number in range(start, start + 20):
                    mailer.send(ENVELOPE, b"Subject: %d\r\n\r\n" % number, before_commit=watch)
            except PassingFailure as failure:
                failures.append(failure)

        threads = [threading.Thread(target=work, args=(start,)) for start in range(0, 160, 20)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        mailer.close()
        assert failures == []
        assert len({kept.content for kept in server.messages}) == len(server.messages) == 160
        assert 2 <= most <= 3
        assert server.connections <= 3


def test_a_connection_that_the_server_closed_while_idle_is_no_failure() -> None:
    with MailServer() as server:
        mailer = SmtpMailer(server.url)
        send(mailer)
        server.hang_up()
        send(mailer, 1)
        mailer.close()
        assert len(server.messages) == 2


def test_a_connection_cut_before_mail_is_answered_is_tried_once_more() -> None:
    with MailServer(script(Behaviour.OK, Behaviour.REFUSE)) as server:
        mailer = SmtpMailer(server.url)
        send(mailer)
        send(mailer, 1)
        mailer.close()
        assert [kept.content for kept in server.messages] == [b"Subject: 0\r\n\r\n", b"Subject: 1\r\n\r\n"]
        assert server.connections == 2


def test_a_restarted_server_gets_the_next_mail() -> None:
    first = MailServer()
    with first:
        mailer = SmtpMailer(first.url)
        send(mailer)
    with pytest.raises(PassingFailure) as failure:
        send(mailer, 1)
    with MailServer(port=first.port) as second:
        send(mailer, 2)
        mailer.close()
        assert [kept.content for kept in second.messages] == [b"Subject: 2\r\n\r\n"]
    assert not failure.value.ambiguous


def test_an_aged_connection_is_replaced() -> None:
    with MailServer() as server:
        mailer = SmtpMailer(server.url, idle_timeout=0)
        send(mailer)
        send(mailer, 1)
        wait_until(lambda: len(server.open_connections) == 1)
        mailer.close()
        assert server.connections == 2


def test_a_closed_mailer_keeps_no_connection_and_sends_nothing() -> None:
    with MailServer() as server:
        mailer = SmtpMailer(server.url)
        mailer.send(ENVELOPE, b"Subject: 0\r\n\r\n", before_commit=mailer.close)
        wait_until(lambda: not server.open_connections)
        with pytest.raises(PassingFailure, match="closed"):
            send(mailer)
        assert len(server.messages) == 1


def test_starttls_is_used_where_it_is_offered(certificate: Path) -> None:
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate)
    with MailServer(tls_context=tls, require_starttls=True, authenticator=accept) as server:
        mailer = SmtpMailer(server.url.replace("//", "//claire:s3cr3t@"))
        for number in range(3):
            send(mailer, number)
        mailer.close()
        assert len(server.messages) == 3
        assert server.connections == 1


def test_smtps_is_encrypted_from_the_start(certificate: Path) -> None:
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate)
    with MailServer(ssl_context=tls) as server:
        mailer = SmtpMailer(server.url.replace("smtp:", "smtps:"))
        for number in range(3):
            send(mailer, number)
        mailer.close()
        assert len(server.messages) == 3
        assert server.connections == 1


@pytest.mark.parametrize("scheme", ["smtp", "smtps"])
def test_an_unknown_certificate_is_a_configuration_failure(certificate: Path, scheme: str) -> None:
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate)
    server = MailServer(ssl_context=tls) if scheme == "smtps" else MailServer(tls_context=tls)
    with server:
        mailer = SmtpMailer(server.url.replace("smtp:", f"{scheme}:"), tls=ssl.create_default_context())
        with pytest.raises(ConfigurationFailure, match="certificate verify failed"):
            send(mailer)
        mailer.close()


def test_a_password_is_never_sent_in_the_open_to_a_distant_server() -> None:
    with MailServer(authenticator=accept, auth_require_tls=False) as listening:
        # 0.0.0.0 reaches this machine and is not loopback by name: it stands for a distant host
        mailer = SmtpMailer(listening.url.replace("//127.0.0.1", "//claire:s3cr3t@0.0.0.0"))
        with pytest.raises(ConfigurationFailure, match="the password is not sent"):
            send(mailer)
        mailer.close()
        assert listening.messages == []


def test_only_loopback_is_excused_from_a_verified_certificate() -> None:
    assert Server.from_url("smtps://mail.test").tls().verify_mode is ssl.CERT_REQUIRED
    assert Server.from_url("smtps://10.0.0.1").tls().check_hostname
    assert Server.from_url("smtp://localhost").tls().verify_mode is ssl.CERT_NONE


def test_the_ports_are_those_of_submission() -> None:
    assert Server.from_url("smtp://mail.test").port == 587
    assert Server.from_url("smtps://mail.test").port == 465


def accept(*_: object) -> AuthResult:
    return AuthResult(success=True)


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.001)
