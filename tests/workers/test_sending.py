"""One mail after another to a real SMTP server that misbehaves: what the ledger says afterwards."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import structlog
from aiosmtpd.smtp import AuthResult

from shared.domain.slots import Slot
from shared.invitations import deliver
from shared.mail import SmtpMailer, mailer_from
from tests.house import House
from tests.mail.server import Behaviour, MailServer, script
from tests.post_office import PostOffice
from tests.workers.conftest import Bell
from workers import invitations, reminders

ZOE = "zoe@college.example"
B = Behaviour
# behaviour → state, times ambiguous, messages that the server kept, and how its answer begins
TROUBLES = {
    B.OK: ("sent", 0, 1, "250 2.0.0 Ok"),
    B.RCPT_4XX: ("queued", 0, 0, "450 4.2.1 Mailbox busy"),
    B.DATA_4XX: ("queued", 0, 0, "451 4.3.0 Try again later"),
    B.RCPT_5XX: ("failed", 0, 0, "550 5.1.1 No such user"),
    B.DATA_5XX: ("failed", 0, 0, "554 5.7.1 Message refused"),
    B.HANG: ("queued", 1, 1, "the server did not answer in time"),
    B.DROP_BEFORE_DOT: ("queued", 0, 0, ""),
    B.DROP_AFTER_DOT: ("queued", 1, 1, ""),
    B.REFUSE: ("queued", 0, 0, ""),
}

Serve = Callable[..., SmtpMailer]


@pytest.fixture
def served_by(monkeypatch: pytest.MonkeyPatch) -> Iterator[Serve]:
    """Lets the workers send through a server that runs until the test ends, with patience for a short answer."""
    opened: list[tuple[SmtpMailer, MailServer]] = []

    def serve(server: MailServer, login: str = "") -> SmtpMailer:
        server.start()
        mailer = SmtpMailer(server.url.replace("//", f"//{login}"), answer_timeout=5, dot_timeout=0.3)
        opened.append((mailer, server))
        monkeypatch.setattr(invitations, "mailer", lambda: mailer)
        return mailer

    yield serve
    for mailer, server in opened:
        mailer.close()
        server.stop()


@pytest.mark.parametrize(("behaviour", "expected"), TROUBLES.items(), ids=TROUBLES)
def test_the_ledger_knows_what_became_of_a_mail(
    house: House, post: PostOffice, served_by: Serve, behaviour: Behaviour, expected: tuple[str, int, int, str]
) -> None:
    state, ambiguous, kept, answer = expected
    served_by(server := MailServer(script(behaviour), hang_seconds=0.6))
    [parcel] = _ready(house, post)

    invitations.send_one(parcel)

    line = post.row(parcel.id)
    assert (line.state, line.ambiguous_count, len(server.messages)) == (state, ambiguous, kept)
    assert line.last_answer.startswith(answer)
    assert (line.lease, line.lease_until) == (None, None)
    assert (line.sent_at is not None) == (state == "sent")
    assert (line.not_before > datetime.now(UTC)) == (state == "queued")


@pytest.mark.parametrize("behaviour", [b for b, (state, *_) in TROUBLES.items() if state == "queued"])
def test_what_had_to_wait_goes_out_as_the_same_mail(
    house: House, post: PostOffice, served_by: Serve, behaviour: Behaviour
) -> None:
    served_by(server := MailServer(script(behaviour), hang_seconds=0.6))
    [parcel] = _ready(house, post)
    invitations.send_one(parcel)
    house.rows("UPDATE delivery SET not_before = now() RETURNING 1")

    assert invitations.send_batch()

    assert post.row(parcel.id).state == "sent"
    assert {kept.content for kept in server.messages} == {parcel.message}
    assert {(kept.sender, kept.recipient) for kept in server.messages} == {
        (parcel.envelope.sender, parcel.envelope.recipient)
    }
    assert not invitations.send_batch()


def test_who_lost_the_lease_sends_no_dot(house: House, post: PostOffice, served_by: Serve) -> None:
    def taken_over() -> Iterator[Behaviour]:
        # asked when the connection opens: after the lease was renewed, before the dot
        house.rows("UPDATE delivery SET lease = gen_random_uuid() RETURNING 1")
        yield Behaviour.OK

    served_by(server := MailServer(taken_over()))
    [parcel] = _ready(house, post)
    invitations.send_one(parcel)
    assert server.messages == []
    assert (post.row(parcel.id).state, post.row(parcel.id).last_answer) == ("sending", "")


def test_a_mail_that_slept_too_long_does_not_even_call(house: House, post: PostOffice, served_by: Serve) -> None:
    served_by(server := MailServer())
    [parcel] = _ready(house, post)
    invitations.send_one(replace(parcel, leased_until=parcel.leased_until - deliver.LEASE))
    assert server.connections == 0
    assert not {"delivery", "correlation_id"} & structlog.contextvars.get_contextvars().keys()


def test_a_server_that_refuses_us_kills_no_mail_however_long(house: House, post: PostOffice, served_by: Serve) -> None:
    def nobody(*_: object) -> AuthResult:
        return AuthResult(success=False, handled=False)

    served_by(MailServer(authenticator=nobody, auth_require_tls=False), login="claire:wrong@")
    _ready(house, post)
    house.rows("UPDATE delivery SET attempts = :most, give_up_at = :past RETURNING 1", most=150, past=house.now)
    for _ in range(2):
        house.rows("UPDATE delivery SET state = 'queued', not_before = now() RETURNING 1")
        assert invitations.send_batch()
        [line] = house.rows("SELECT state, last_answer, attempts FROM delivery")
        assert (line.state, line.last_answer, line.attempts) == ("queued", "127.0.0.1: 535 login refused", 150)


def test_no_server_at_all_is_a_reason_to_wait(house: House, post: PostOffice, monkeypatch: pytest.MonkeyPatch) -> None:
    with MailServer() as server:
        mailer = SmtpMailer(server.url)
    monkeypatch.setattr(invitations, "mailer", lambda: mailer)
    [parcel] = _ready(house, post)
    invitations.send_one(parcel)
    assert post.row(parcel.id).state == "queued"
    mailer.close()


def test_one_mail_that_fails_does_not_hold_up_the_rest_of_its_batch(
    house: House, post: PostOffice, served_by: Serve
) -> None:
    served_by(server := MailServer(script(B.RCPT_5XX, B.RCPT_4XX, B.DROP_AFTER_DOT)))
    _ready(house, post, *[f"p{n}@college.example" for n in range(5)])
    house.rows("UPDATE delivery SET state = 'queued' RETURNING 1")
    assert invitations.send_batch()
    states = [row.state for row in house.rows("SELECT state FROM delivery ORDER BY id")]
    assert states == ["failed", "queued", "queued", "sent", "sent", "sent"]
    assert len(server.messages) == 4


def test_behind_a_slow_server_what_was_not_tried_is_given_back(
    house: House, post: PostOffice, served_by: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(invitations, "BATCH_SECONDS", 0.1)
    served_by(MailServer(script(B.HANG), hang_seconds=0.6))
    _ready(house, post, *[f"p{n}@college.example" for n in range(3)])
    house.rows("UPDATE delivery SET state = 'queued', attempts = 0 RETURNING 1")

    assert invitations.send_batch()

    lines = house.rows("SELECT state, attempts, ambiguous_count, lease FROM delivery ORDER BY id")
    assert [tuple(line) for line in lines] == [("queued", 1, 1, None), *[("queued", 0, 0, None)] * 3]
    assert post.claim(), "somebody else can take them at once"


def test_a_reservation_goes_from_the_decision_to_the_mail_and_nothing_twice(
    house: House, bell: Bell, served_by: Serve
) -> None:
    assert bell
    served_by(server := MailServer())
    _confirmed(house, ZOE)
    for _ in range(2):
        invitations.announce()
        invitations.send()
        reminders.remind()
    assert [kept.recipient for kept in server.messages] == ["anne@example.org", ZOE]
    assert server.connections == 1  # kept open from one mail to the next


def test_without_a_mail_server_mails_go_to_the_maildir(house: House, bell: Bell) -> None:
    assert bell
    invitations.mailer.cache_clear()
    _confirmed(house, ZOE)
    invitations.announce()
    invitations.send()
    assert [row.state for row in house.rows("SELECT state FROM delivery")] == ["sent", "sent"]
    invitations.mailer.cache_clear()


def test_a_server_s_answer_is_awaited_no_longer_than_the_lease_lasts(tmp_path: Path) -> None:
    mailer = mailer_from("smtp://127.0.0.1:1", tmp_path)
    assert isinstance(mailer, SmtpMailer)
    assert mailer._dot_timeout < deliver.COMMITTING_LEASE.total_seconds()


def _confirmed(house: House, *guests: str) -> int:
    """By the real clock, which the tasks look at."""
    house.now = datetime.now(UTC)
    start = (house.now + timedelta(days=10)).replace(minute=0, second=0, microsecond=0)
    return house.confirmed("flexi-16", at=Slot(start, start + timedelta(hours=2)), guests=guests)


def _ready(house: House, post: PostOffice, *guests: str) -> list[deliver.Parcel]:
    """The mails of a reservation, claimed just now."""
    _confirmed(house, *guests)
    house.announce()
    return post.claim()
