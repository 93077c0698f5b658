"""Whoever listens is told of each event exactly once, and an organisation of its own reservations only."""

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from shared import programme
from shared.domain.events import Event
from shared.programme import Meeting, Plan
from shared.store.base import transaction
from shared.webhooks.offered import OFFERED, TEST, TYPES
from tests.house import House, slot
from tests.webhooks.listening import Listening
from workers import relay

RELAYED = "SELECT count(*) AS count FROM event WHERE relayed_at IS NOT NULL AND reservation_id IS NOT NULL"


def written(house: House) -> list[Any]:
    return house.rows("SELECT webhook_id, type FROM webhook_message ORDER BY event_id, webhook_id")


def belongs(house: House, who: str) -> None:
    """That person is of Plan Séquence."""
    house.rows(
        "UPDATE person SET organisation_id = (SELECT id FROM organisation) WHERE address = :address RETURNING 1",
        address=house.addresses[who],
    )


def test_what_is_offered_exists_and_is_named_as_the_standard_says() -> None:
    assert {event.__name__ for event in OFFERED} <= {event.__name__ for event in Event.__subclasses__()}
    assert all(type_.replace(".", "").replace("_", "").isalnum() for type_ in (*TYPES, TEST))
    assert TEST not in TYPES


def test_what_is_offered_is_what_partners_read_about() -> None:
    page = (Path(__file__).parents[2] / "docs" / "webhooks.md").read_text()
    assert re.findall(r"^\| `([a-z_.]+)` \|", page, re.MULTILINE) == [*TYPES, TEST]


def test_nobody_s_address_is_told_for_a_name(listening: Listening) -> None:
    listening.house.rows("UPDATE person SET name = address RETURNING 1")
    listening.house.ask("flexi-16")
    listening.send()
    [received] = listening.receiver.received
    assert received.verified(listening.secret)["data"]["requested_by"]["name"] == ""
    assert b"@" not in received.body


def test_an_event_and_its_messages_are_one_commit(listening: Listening, monkeypatch: pytest.MonkeyPatch) -> None:
    """Killed before the commit, nothing is noted and nothing is written; the next relay does both, once."""
    listening.house.ask("flexi-16")

    def die(*_: object, **__: object) -> int:
        as_ever(*_, **__)  # type: ignore[arg-type]
        raise KeyboardInterrupt

    as_ever = relay.mark_relayed
    with monkeypatch.context() as crash_point:
        crash_point.setattr(relay, "mark_relayed", die)
        with pytest.raises(KeyboardInterrupt):
            relay.relay()
    assert (listening.house.rows(RELAYED), written(listening.house)) == ([(0,)], [])
    listening.relay()
    assert (listening.house.rows(RELAYED), len(written(listening.house))) == ([(1,)], 1)


def test_an_event_that_is_handed_on_twice_is_one_message(listening: Listening) -> None:
    listening.house.ask("flexi-16")
    listening.relay()
    listening.house.rows("UPDATE event SET relayed_at = NULL RETURNING 1")
    listening.relay()
    assert len(written(listening.house)) == 1


def test_two_relays_at_once_write_each_message_once(listening: Listening) -> None:
    for _ in range(3):
        listening.house.ask("flexi-16")
    with transaction() as other:
        ids = [row.id for row in other.execute(relay.TAKE, {"batch": 2})]
        assert relay.relay() == 1
        assert relay.mark_relayed(other, ids, now=datetime.now(UTC)) == 2
    assert relay.relay() == 0
    assert len(written(listening.house)) == 3


def test_each_webhook_gets_its_own(listening: Listening) -> None:
    other = listening.add(types=("reservation.requested",))
    listening.house.confirmed("flexi-16")
    listening.relay()
    assert written(listening.house) == [
        (listening.id, "reservation.requested"),
        (other, "reservation.requested"),
        (listening.id, "reservation.confirmed"),
    ]


def test_without_a_webhook_nothing_is_written_and_nobody_is_woken(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.ask("flexi-16")
    woken: list[str] = []
    monkeypatch.setattr(relay, "wake", woken.append)
    assert relay.relay() == 1
    assert woken == ["conflicts.decide"]
    assert house.rows(RELAYED) == [(1,)]


def test_who_listens_has_the_sender_woken_after_the_commit(
    listening: Listening, monkeypatch: pytest.MonkeyPatch
) -> None:
    listening.house.ask("flexi-16")
    seen: dict[str, int] = {}
    monkeypatch.setattr(relay, "wake", lambda task: seen.update({task: len(written(listening.house))}))
    relay.relay()
    assert seen == {"conflicts.decide": 0, "webhooks.send": 1}


def test_an_organisation_hears_of_its_own_reservations_only(listening: Listening) -> None:
    theirs = listening.add(organisation="Plan Séquence", types=("reservation.requested",))
    listening.change(enabled=False)
    belongs(listening.house, "basile")
    listening.house.ask("flexi-16", who="anne")
    own = listening.house.ask("flexi-16", who="basile")
    plan = Plan("festival", "Festival", partner="Plan Séquence", meetings=(Meeting(slot(), resources=("flexi-36",)),))
    with listening.house.book() as db:
        programme.register(db, plan, by=listening.house.actors["anne"], now=listening.house.now)
    listening.relay()
    told = listening.house.rows("""
        SELECT m.webhook_id, e.reservation_id FROM webhook_message AS m JOIN event AS e ON e.id = m.event_id
        ORDER BY e.id""")
    assert told == [(theirs, own), (theirs, own + 1)]


def test_another_site_is_told_nothing(listening: Listening) -> None:
    with listening.house.book() as db:
        db.execute(
            text("""
                INSERT INTO site (slug, name, address, zone, language, contact_address, mail_domain, opens, closes)
                SELECT 'lille', name, address, zone, language, contact_address, 'lille.example', opens, closes
                FROM site""")
        )
        db.execute(text("UPDATE webhook SET site_id = (SELECT max(id) FROM site)"))
    listening.house.ask("flexi-16")
    listening.relay()
    assert written(listening.house) == []
