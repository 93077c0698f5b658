"""What happened is told once to whoever listens, signed, tried again for days, and never held up by others."""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from standardwebhooks import WebhookVerificationError

from shared.webhooks import ledger, payload
from shared.webhooks.ledger import PAUSES
from tests.house import slot
from tests.webhooks.listening import Listening
from tests.webhooks.receiver import Receiver
from workers import webhooks


def test_what_happens_is_told_signed_and_in_order(listening: Listening) -> None:
    booked = listening.house.confirmed("flexi-16")
    listening.house.cancel(booked, reason="Grève")
    listening.send()
    assert listening.types() == ["reservation.requested", "reservation.confirmed", "reservation.cancelled"]
    assert listening.states() == [("sent", 1)] * 3
    first = listening.receiver.received[0]
    assert first.path == "/hooks?of=creneau"
    assert first.headers["content-type"] == "application/json"
    assert first.headers["host"] == f"127.0.0.1:{listening.receiver.port}"
    assert len({received.id for received in listening.receiver.received}) == 3
    told = first.verified(listening.secret)
    assert told["data"]["id"] == booked
    assert told["timestamp"].endswith("Z")


def test_another_secret_does_not_verify_it(listening: Listening) -> None:
    listening.test()
    listening.send()
    [received] = listening.receiver.received
    assert received.verified(listening.secret)["type"] == "webhook.test"
    with pytest.raises(WebhookVerificationError):
        received.verified("whsec_" + "A" * 43 + "=")


def test_only_the_types_that_are_wanted_are_told(listening: Listening) -> None:
    listening.change(types=("reservation.cancelled",))
    listening.house.cancel(listening.house.confirmed("flexi-16"))
    listening.send()
    assert listening.types() == ["reservation.cancelled"]


def test_a_body_is_written_once_and_stays_as_it_was(listening: Listening) -> None:
    listening.receiver.answers.append(500)
    booked = listening.house.ask("flexi-16", title="Avant")
    listening.send()
    listening.house.change(booked, title="Après")
    listening.passes(minutes=1)
    listening.send()
    first, again, described = listening.receiver.received
    assert (first.id, first.body) == (again.id, again.body)
    assert first.verified(listening.secret)["data"]["title"] == "Avant"
    assert described.verified(listening.secret)["type"] == "reservation.described"


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (500, "500 Internal Server Error"),
        ((503, {}, b"<h1>Bient\xc3\xb4t</h1>\r\nX: \x00y"), "503 Service Unavailable: <h1>Bientôt</h1> X: y"),
        ((302, {"location": "http://127.0.0.1:9/"}, b""), "302 Found"),
        ((400, {}, "endless"), "400 Bad Request: " + "x" * 183),
        ((400, {"content-encoding": "gzip"}, b"\x1f\x8b" + b"\x00" * 50), "400 Bad Request: "),
        ((304, {}, b""), "304 Not Modified"),
        ("close", "RemoteProtocolError: Server disconnected without sending a response."),
        ("garbage", "RemoteProtocolError: illegal status line:"),
    ],
    ids=str,
)
def test_whatever_is_no_2xx_is_tried_again(listening: Listening, answer: Any, words: str) -> None:
    listening.receiver.answers.append(answer)
    listening.test()
    listening.send()
    [message] = listening.messages()
    assert (message.state, message.attempts) == ("queued", 1)
    assert message.last_answer.startswith(words.strip(": "))
    listening.send()
    assert len(listening.receiver.received) == 1, "not before its time"
    listening.passes(seconds=10)
    listening.send()
    assert listening.states() == [("sent", 2)]
    assert listening.webhook().failures == 0


def test_a_2xx_has_arrived_whatever_its_body_does(listening: Listening) -> None:
    listening.receiver.answers.extend([(200, {}, "drip"), (202, {}, "endless")])
    for _ in range(2):
        listening.test()
    listening.send()
    assert listening.states() == [("sent", 1), ("sent", 1)]


def test_who_hangs_is_let_go(listening: Listening, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shared.webhooks.posting.PATIENCE_SECONDS", 0.2)
    listening.receiver.answers.append("hang")
    listening.test()
    listening.send()
    [message] = listening.messages()
    assert (message.state, message.last_answer) == ("queued", "no answer within 0 s")


def test_who_is_not_there_is_tried_again(listening: Listening) -> None:
    with Receiver() as gone:
        listening.change(url=gone.url)
    listening.test()
    listening.send()
    [message] = listening.messages()
    assert (message.state, message.last_answer) == ("queued", "ConnectError: All connection attempts failed")


def test_a_slow_one_holds_up_nobody(listening: Listening, monkeypatch: pytest.MonkeyPatch) -> None:
    """All of the other's messages are settled while the first answer of the slow one is still awaited."""
    settled: list[int] = []

    def settle(parcel: ledger.Parcel, answer: webhooks.Answer) -> None:
        as_ever(parcel, answer)
        settled.append(parcel.webhook_id)
        if len(settled) == 5:
            listening.receiver.let_go.set()

    as_ever = webhooks._settle
    monkeypatch.setattr(webhooks, "_settle", settle)
    listening.receiver.answers.append("hang")
    with Receiver() as quick:
        other = listening.add(url=quick.url)
        for _ in range(5):
            listening.house.ask("flexi-16")
        listening.relay()
        webhooks.send_some()
    assert settled[:5] == [other] * 5
    assert len(quick.received) == 5


def test_two_workers_send_nothing_twice(listening: Listening) -> None:
    for _ in range(3):
        listening.test()
    with listening.house.book() as db:
        [mine] = ledger.claim(db, now=listening.house.now + timedelta(minutes=1), most=10)
    with listening.house.book() as db:
        assert ledger.claim(db, now=listening.house.now + timedelta(minutes=1), most=10) == []
    assert mine.attempts == 1


def test_two_workers_that_share_the_work_send_everything_once(listening: Listening) -> None:
    for number in range(4):
        listening.add(label=f"Site {number}", types=("reservation.requested",))
    for _ in range(6):
        listening.house.ask("flexi-16")
    listening.relay()
    with ThreadPoolExecutor(2) as workers:
        for done in [workers.submit(webhooks.send) for _ in range(2)]:
            done.result(60)
    assert len(listening.receiver.received) == 5 * 6
    assert len({received.id for received in listening.receiver.received}) == 5 * 6
    assert set(listening.states()) == {("sent", 1)}


def test_two_workers_at_once_do_not_wait_for_each_other(listening: Listening) -> None:
    listening.test()
    soon = listening.house.now + timedelta(minutes=1)
    with listening.house.book() as one, listening.house.book() as other:
        assert len(ledger.claim(one, now=soon, most=10)) == 1
        assert ledger.claim(other, now=soon, most=10) == []


def test_killed_between_the_answer_and_its_note_the_same_id_goes_out_again(
    listening: Listening, monkeypatch: pytest.MonkeyPatch
) -> None:
    listening.test()

    def die(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as crash_point:
        crash_point.setattr(webhooks, "_settle", die)
        with pytest.raises(KeyboardInterrupt):
            webhooks.send_some()
    listening.send()
    assert len(listening.receiver.received) == 1, "somebody may still be at it"
    listening.passes(seconds=ledger.LEASE.total_seconds() + 1)
    listening.send()
    first, again = listening.receiver.received
    assert (first.id, first.body) == (again.id, again.body)
    assert listening.states() == [("sent", 2)]


def test_whoever_lost_the_lease_changes_nothing(listening: Listening) -> None:
    listening.test()
    now = listening.house.now + timedelta(minutes=1)
    with listening.house.book() as db:
        [late] = ledger.claim(db, now=now, most=1)
    with listening.house.book() as db:
        [second] = ledger.claim(db, now=now + 2 * ledger.LEASE, most=1)
    for parcel, status in ((late, 410), (second, 204)):
        with listening.house.book() as db:
            ledger.settle(db, parcel, webhooks.Answer(status, str(status)), now=now)
    assert listening.states() == [("sent", 2)]
    assert listening.webhook().disabled_at is None


def test_it_is_given_up_after_ten_attempts_in_three_days(listening: Listening) -> None:
    listening.receiver.answers.extend([500] * 20)
    listening.test()
    for pause in (timedelta(0), *PAUSES):
        listening.passes(seconds=(pause * 1.2).total_seconds())
        listening.send()
    assert listening.states() == [("dead", 10)]
    assert len(listening.receiver.received) == 10
    listening.send()
    assert len(listening.receiver.received) == 10


def test_the_pauses_are_those_of_the_standard_with_some_jitter_decided_once(listening: Listening) -> None:
    listening.test()
    with listening.house.book() as db:
        [parcel] = ledger.claim(db, now=listening.house.now + timedelta(minutes=1), most=1)
    for attempt, pause in enumerate(PAUSES, start=1):
        tried = ledger.Parcel(
            **{name: getattr(parcel, name) for name in ledger.Parcel.__slots__} | {"attempts": attempt}
        )
        waits = {ledger.pause_after(tried, webhooks.Answer(500, "")) for _ in range(5)}
        assert len(waits) == 1
        [wait] = waits
        assert wait is not None
        assert pause <= wait <= pause * 1.2
    assert sum(PAUSES, timedelta()) > timedelta(days=3)


@pytest.mark.parametrize(
    ("value", "least", "most"),
    [("120", 119, 121), ("0", 4, 7), ("soon", 4, 7), ("-5", 4, 7), ("9" * 400, 86_000, 86_401), ("", 4, 7)],
)
def test_retry_after_is_honoured(listening: Listening, value: str, least: float, most: float) -> None:
    listening.receiver.answers.append((429, {"retry-after": value}, b""))
    listening.test()
    before = time.time()
    listening.send()
    [message] = listening.messages()
    assert least <= message.not_before.timestamp() - before <= most + 1
    paused = listening.webhook().paused_until
    assert (paused.timestamp() - before > 100) == (least > 100), "the others wait, too"


def test_gone_disables_it_and_coordinators_read_why(listening: Listening) -> None:
    listening.receiver.answers.append(410)
    for _ in range(2):
        listening.test()
    listening.send()
    webhook = listening.webhook()
    assert (webhook.disabled_reason, webhook.disabled_at is not None) == ("gone", True)
    assert listening.states() == [("dead", 1), ("queued", 0)]
    [fact] = listening.house.rows("SELECT * FROM event WHERE type = 'WebhookDisabled'")
    assert (fact.subject, fact.data["name"], fact.reason) == (f"webhook:{listening.id}", "Site", "410 Gone")
    listening.house.ask("flexi-16")
    listening.send()
    assert len(listening.messages()) == 2, "nothing is written for one that is disabled"


def test_five_days_of_nothing_but_failures_disable_it_and_a_success_begins_anew(listening: Listening) -> None:
    listening.receiver.answers.extend([500, 204, 500, 500])
    listening.test()
    listening.send()
    listening.passes(days=4)
    listening.send()
    assert listening.webhook().failing_since is None
    for _ in range(2):
        listening.test()
        listening.send()
        listening.passes(days=6)
    assert listening.webhook().disabled_reason == "failing"


def test_who_fails_is_left_alone_for_a_moment_and_then_gets_everything(listening: Listening) -> None:
    listening.receiver.answers.append(500)
    for _ in range(3):
        listening.test()
    listening.send()
    assert len(listening.receiver.received) == 1
    assert listening.states() == [("queued", 1), ("queued", 0), ("queued", 0)]
    listening.passes(seconds=10)
    listening.send()
    assert listening.states() == [("sent", 2), ("sent", 1), ("sent", 1)]


def test_enabled_again_it_goes_on_with_what_waits(listening: Listening) -> None:
    listening.test()
    listening.change(enabled=False)
    listening.send()
    assert listening.receiver.received == []
    listening.change(enabled=True)
    listening.send()
    assert listening.types() == ["webhook.test"]


def test_one_that_cannot_be_written_holds_up_no_other(listening: Listening, monkeypatch: pytest.MonkeyPatch) -> None:
    poisoned = listening.house.ask("flexi-16")
    listening.house.ask("flexi-19", at=slot(14, 15))
    original = payload._shown

    def shown(row: Any) -> Any:
        if row.id == poisoned:
            raise ValueError("poisoned")
        return original(row)

    monkeypatch.setattr(payload, "_shown", shown)
    listening.send()
    listening.send()  # the next tick
    assert listening.states() == [("dead", 1), ("sent", 1)]


def test_one_that_cannot_be_signed_is_no_endless_loop(listening: Listening) -> None:
    listening.house.rows("UPDATE webhook SET secret = 'whsec_' RETURNING 1")
    listening.test()
    listening.send()
    [message] = listening.messages()
    assert (message.state, message.last_answer) == ("queued", "cannot be sent: EmptyWebhookSecretError")
