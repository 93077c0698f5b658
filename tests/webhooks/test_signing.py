"""Signatures, against what others have published and with the library of the standard as the other side."""

from base64 import b64decode
from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID, uuid4

from standardwebhooks import Webhook

from shared.webhooks.signing import headers, message_id, new_secret
from tests.webhooks.listening import Listening

KEY = UUID("0123456789abcdef0123456789abcdef")


def test_a_secret_is_new_each_time_and_as_long_as_the_standard_asks_for() -> None:
    one, other = new_secret(), new_secret()
    assert one != other
    assert 24 <= len(b64decode(one.removeprefix("whsec_"))) <= 64


def test_the_signature_is_the_published_one() -> None:
    """The example of the reference implementations: their id, moment and body, and what they sign it with."""
    moment = datetime.fromtimestamp(1614265330, UTC)
    signed = Webhook("whsec_" + "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").sign(
        "msg_p5jXN8AQM9LWM0D4loKWxJek", moment, '{"test": 2432232314}'
    )
    assert signed == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_both_secrets_sign_and_each_verifies() -> None:
    secrets = (new_secret(), new_secret())
    now = datetime.now(UTC)
    signed = headers(KEY, '{"é": 1}'.encode(), secrets, now=now)
    assert signed["webhook-id"] == message_id(KEY)
    assert "." not in message_id(uuid4())
    for secret in secrets:
        assert Webhook(secret).verify('{"é": 1}', signed) == {"é": 1}


def test_the_moment_is_the_same_in_every_zone() -> None:
    secret, now = new_secret(), datetime.now(UTC)
    elsewhere = now.astimezone(timezone(timedelta(hours=14)))
    assert headers(KEY, b"{}", (secret,), now=now) == headers(KEY, b"{}", (secret,), now=elsewhere)
    Webhook(secret).verify(b"{}", headers(KEY, b"{}", (secret,), now=elsewhere))


def test_each_attempt_is_signed_anew_as_of_its_own_moment(listening: Listening) -> None:
    listening.receiver.answers.append(500)
    listening.test()
    listening.send()
    listening.passes(seconds=10)
    listening.send()
    first, again = listening.receiver.received
    assert first.id == again.id
    assert first.headers["webhook-timestamp"] <= again.headers["webhook-timestamp"]
    again.verified(listening.secret)


def test_rotated_the_former_secret_signs_for_a_day(listening: Listening) -> None:
    former = listening.secret
    new = listening.rotate()
    for age in (0, 25):
        listening.passes(hours=age)
        listening.test()
        listening.send()
    both, one = listening.receiver.received
    assert both.verified(former) == both.verified(new)
    assert len(both.headers["webhook-signature"].split(" ")) == 2
    one.verified(new)
    assert len(one.headers["webhook-signature"].split(" ")) == 1
