"""Each mail is handled once, by one worker, whatever becomes of whoever tries."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from shared import broker
from shared.domain.errors import NotFoundError, WrongStateError
from shared.handling import acting, dispatch, leases, limits, looking
from shared.inbox.outcomes import Outcome
from shared.itip.incoming import Component, Incoming, Scheduling, UnreadableMail
from shared.senders.verdict import TryLater, Verdict
from tests.house import House
from tests.letters_in import RESERVATIONS, ROOM, come_in, handle_all, letter
from workers import mailbox

ZOE = "zoe@college.example"


@pytest.fixture(autouse=True)
def _silent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(broker, "ring", lambda *_: None)


@pytest.fixture
def now(house: House) -> datetime:
    """The house on the real clock, at which the task looks."""
    house.now = datetime.now(UTC)
    return house.now


def mails(house: House) -> list[Any]:
    return house.rows("SELECT * FROM inbound_mail ORDER BY id")


def reads(monkeypatch: pytest.MonkeyPatch, look: Callable[..., acting.Looked]) -> None:
    monkeypatch.setattr(mailbox, "look", look)


def says(method: str, sender: str = ZOE, uid: str = "u1") -> Incoming:
    return Incoming(
        message_id=f"<{method}>",
        subject=method,
        sender=sender,
        scheduling=Scheduling(method, uid, (Component(uid=uid),)),
    )


def test_a_mail_is_handled_once(house: House, now: datetime) -> None:
    assert now
    come_in(house, letter("Bonjour"), ROOM)
    handle_all()
    [mail] = mails(house)
    assert (mail.state, mail.outcome, mail.sender, mail.subject) == ("handled", "no_calendar", ZOE, "Bonjour")
    assert (mail.lease, mail.attempts) == (None, 1)
    assert not mailbox.handle_batch()


def test_a_lease_is_nobody_else_s_until_it_ends(house: House, now: datetime) -> None:
    come_in(house, letter(), ROOM)
    with house.book() as db:
        [mine] = leases.claim(db, now=now, most=5)
    assert not mailbox.handle_batch()
    later = now + leases.LEASE
    with house.book() as db:
        [theirs] = leases.claim(db, now=later, most=5)
    looked = acting.Looked(says("REPLY"), ZOE, "test")
    with house.book() as db:
        assert acting.act(db, mine, looked, now=later) is None
        assert acting.act(db, theirs, looked, now=later) is not None
    [mail] = mails(house)
    assert (mail.state, mail.attempts) == ("handled", 2)


def test_who_lost_the_lease_notes_nothing(house: House, now: datetime) -> None:
    come_in(house, letter(), ROOM)
    with house.book() as db:
        [mine] = leases.claim(db, now=now, most=5)
    with house.book() as db:
        leases.claim(db, now=now + leases.LEASE, most=5)
    with house.book() as db:
        leases.quarantine(db, mine, code="failed", reason="x", now=now)
        leases.failed(db, mine, reason="x", now=now)
        leases.give_back(db, [mine], now=now)
    [mail] = mails(house)
    assert (mail.state, mail.failures, mail.attempts) == ("waiting", 0, 2)
    assert mail.lease is not None


def test_what_kills_its_reader_is_tried_alone_and_set_aside(house: House, now: datetime) -> None:
    killer = come_in(house, letter("a"), ROOM).ids[0]
    others = {come_in(house, letter(subject), ROOM).ids[0] for subject in "bc"}
    deaths: dict[int, int] = dict.fromkeys({killer, *others}, 0)
    for _ in range(30):
        now += leases.LEASE
        with house.book() as db:
            held = [mail.id for mail in leases.claim(db, now=now, most=10)]
        if killer in held:
            for mail_id in held:
                deaths[mail_id] += 1
            continue
        with house.book() as db:
            db.execute(
                text("UPDATE inbound_mail SET state = 'handled', handled_at = now() WHERE id = ANY(:ids)"),
                {"ids": held},
            )
    assert deaths == {killer: leases.MOST_ATTEMPTS, **dict.fromkeys(others, 1)}
    states = {mail.id: (mail.state, mail.outcome) for mail in mails(house)}
    assert states.pop(killer) == ("quarantined", "kills_its_reader")
    assert set(states.values()) == {("handled", "")}


def test_an_unreadable_mail_is_set_aside_at_once(house: House, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    assert now

    def look(*_: object, **__: object) -> acting.Looked:
        raise UnreadableMail("too_deep", "nested 100 deep\x00")

    reads(monkeypatch, look)
    come_in(house, letter(), ROOM)
    handle_all()
    [mail] = mails(house)
    assert (mail.state, mail.outcome, mail.details) == ("quarantined", "too_deep", {"reason": "nested 100 deep "})


def test_what_fails_is_tried_again_later_and_then_set_aside(
    house: House, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    def look(*_: object, **__: object) -> acting.Looked:
        raise RuntimeError("a bug")

    reads(monkeypatch, look)
    come_in(house, letter(), ROOM)
    for failures in (1, 2):
        handle_all()
        [mail] = mails(house)
        assert (mail.state, mail.failures, mail.lease) == ("waiting", failures, None)
        assert mail.not_before > now + leases.PAUSES[failures - 1] - timedelta(seconds=1)
        house.rows("UPDATE inbound_mail SET not_before = now() RETURNING 1")
    handle_all()
    [mail] = mails(house)
    assert (mail.state, mail.outcome, mail.details) == ("quarantined", "failed", {"reason": "RuntimeError: a bug"})


def test_a_handler_that_fails_has_done_nothing(house: House, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    assert now

    def half(db: Any, *_: object) -> Outcome:
        db.execute(text("UPDATE site SET name = 'half'"))
        raise RuntimeError("after half of it")

    monkeypatch.setitem(dispatch.ANSWERS, "REPLY", half)
    reads(monkeypatch, lambda *_, **__: acting.Looked(says("REPLY"), ZOE, "test"))
    come_in(house, letter(), RESERVATIONS)
    handle_all()
    assert [mail.failures for mail in mails(house)] == [1]
    assert house.rows("SELECT FROM site WHERE name = 'half'") == []


def test_a_database_that_is_away_is_no_fault_of_the_mail(
    house: House, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert now

    def look(*_: object, **__: object) -> acting.Looked:
        raise OperationalError("SELECT", {}, Exception("gone"))

    reads(monkeypatch, look)
    come_in(house, letter(), ROOM)
    mailbox.handle_batch()
    [mail] = mails(house)
    assert (mail.state, mail.failures, mail.attempts, mail.lease) == ("waiting", 0, 1, None)
    assert mail.not_before > now


def test_while_the_dns_is_away_a_mail_waits_and_after_a_day_nobody_vouches_for_it(
    house: House, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nobody(*_: object, **__: object) -> Verdict:
        raise TryLater("the DNS does not answer")

    monkeypatch.setattr(looking, "authenticate", nobody)
    come_in(house, letter(), ROOM)
    handle_all()
    [mail] = mails(house)
    assert (mail.state, mail.failures, mail.attempts, mail.lease) == ("waiting", 0, 0, None)
    assert mail.not_before > now + looking.SHORTEST_PAUSE - timedelta(seconds=1)
    house.rows("UPDATE inbound_mail SET not_before = now(), received_at = now() - interval '1 day' RETURNING 1")
    handle_all()
    [mail] = mails(house)
    assert (mail.outcome, mail.authentication, mail.sender) == ("unauthenticated", "the DNS does not answer", "")


def test_nobody_s_word_is_taken_that_the_settings_do_not_trust(house: House, now: datetime) -> None:
    assert now
    come_in(house, letter(), ROOM, is_local=False)
    handle_all()
    [mail] = mails(house)
    assert (mail.outcome, mail.sender) == ("unauthenticated", "")


def test_behind_a_slow_mail_the_others_are_given_back(
    house: House, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert now
    monkeypatch.setattr(mailbox, "BATCH_SECONDS", -1.0)
    for subject in "abc":
        come_in(house, letter(subject), ROOM)
    assert mailbox.handle_batch()
    assert [(mail.state, mail.attempts) for mail in mails(house)] == [("handled", 1), ("waiting", 0), ("waiting", 0)]
    handle_all()
    assert {mail.state for mail in mails(house)} == {"handled"}


def test_only_what_is_set_aside_is_tried_again(house: House, now: datetime) -> None:
    [mail_id] = come_in(house, letter(), ROOM).ids
    with house.book() as db:
        [mine] = leases.claim(db, now=now, most=1)
        leases.quarantine(db, mine, code="failed", reason="x", now=now)
    with house.book() as db:
        leases.try_again(db, house.site_id, mail_id, now=now)
    handle_all()
    assert [(mail.state, mail.attempts) for mail in mails(house)] == [("handled", 1)]
    with pytest.raises(WrongStateError), house.book() as db:
        leases.try_again(db, house.site_id, mail_id, now=now)
    with pytest.raises(NotFoundError), house.book() as db:
        leases.try_again(db, house.site_id + 1, mail_id, now=now)


def test_too_many_mails_about_one_entry_are_set_aside_and_others_are_not(
    house: House, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert now
    monkeypatch.setattr(limits, "MOST_OF_ENTRY", 2)
    for n, (uid, sender) in enumerate([("u1", ZOE)] * 3 + [("u2", ZOE), ("u1", "leo@college.example")]):
        said = says("REPLY", sender, uid)
        reads(monkeypatch, lambda *_, said=said, n=n, **__: acting.Looked(_named(said, n), said.sender, "test"))
        come_in(house, letter(str(n)), RESERVATIONS)
        handle_all()
    assert [(mail.state, mail.outcome) for mail in mails(house)] == [
        ("handled", "unknown_uid"),
        ("handled", "unknown_uid"),
        ("quarantined", "too_many"),
        ("handled", "unknown_uid"),
        ("handled", "unknown_uid"),
    ]


def _named(said: Incoming, number: int) -> Incoming:
    return Incoming(message_id=f"<{number}>", subject=said.subject, sender=said.sender, scheduling=said.scheduling)
