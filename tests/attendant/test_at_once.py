"""Mails, deciders and announcements at the same time; two houses; the whole way through the API."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from sqlalchemy import text

from shared.invitations.announce import announce_some
from shared.itip.incoming import Party
from shared.store.base import transaction
from shared.store.house import lock_house
from tests.attendant.organizers import SITE, Calendars, Entry, room
from tests.house import House, slot

WAITS_FOR_A_LOCK = text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")


def together(*verbs: Callable[[], Any]) -> list[Any]:
    """What each gives back, all of them begun at once."""
    barrier = Barrier(len(verbs))

    def run(verb: Callable[[], Any]) -> Any:
        barrier.wait()
        return verb()

    with ThreadPoolExecutor(len(verbs)) as threads:
        return list(threads.map(run, verbs))


def until_somebody_waits(house: House) -> None:
    """Return once another transaction stands at a lock; statements are bounded, so this is too."""
    with house.book() as db:
        while not db.execute(WAITS_FOR_A_LOCK).scalar_one():
            pass


def test_the_first_mails_to_two_rooms_come_at_once_and_are_one_request(calendars: Calendars) -> None:
    for n in range(5):
        entry = Entry(uid=f"{n}", rooms=("flexi-16", "flexi-19"), at=slot(8 + n, 9 + n))
        outcomes = together(
            lambda entry=entry: calendars.send(entry, to=("flexi-16",)),  # type: ignore[misc]
            lambda entry=entry: calendars.send(entry, to=("flexi-19",)),  # type: ignore[misc]
        )
        assert sorted(outcome.code for outcome in outcomes) == ["already_known", "requested"]
    assert len(calendars.reservations()) == 5
    assert {reply.partstat for reply in calendars.replies()} == {"ACCEPTED"}


def test_an_update_waits_for_a_decider_and_sees_what_it_decided(calendars: Calendars) -> None:
    entry = Entry()
    calendars.send(entry)
    with ThreadPoolExecutor(1) as threads:
        with calendars.house.book() as db:
            lock_house(db, calendars.house.site_id)
            outcome = threads.submit(calendars.send, entry.next(at=slot(14, 15)))
            until_somebody_waits(calendars.house)
        assert outcome.result().code == "requested"
    assert calendars.reply().event["SEQUENCE"] == 1


def test_an_update_that_comes_while_the_room_answers_is_answered_next(calendars: Calendars) -> None:
    entry = Entry()
    calendars.send(entry)
    calendars.house.decide()
    with ThreadPoolExecutor(1) as threads:
        with transaction() as db:
            assert announce_some(db, now=calendars.house.now) == 1
            outcome = threads.submit(calendars.send, entry.next(at=slot(14, 15)))
            until_somebody_waits(calendars.house)
        assert outcome.result().code == "requested"
    replies = calendars.replies()
    assert [(reply.partstat, reply.event["SEQUENCE"]) for reply in replies] == [("ACCEPTED", 0), ("ACCEPTED", 1)]


def test_mails_and_deciders_and_answers_in_any_order(calendars: Calendars) -> None:
    """Nobody waits for each other in a circle, and the last of what was asked is what is booked and answered."""
    house = calendars.house
    entry = Entry()
    calendars.send(entry)
    for n in range(12):
        later = entry.next(at=slot(8 + n % 5, 9 + n % 5))
        together(
            lambda later=later: calendars.send(later),  # type: ignore[misc]
            house.decide,
            house.announce,
        )
        entry = later
    calendars.replies()
    [held] = [r for r in calendars.reservations() if r.state == "confirmed"]
    assert held.starts_at == entry.at.start
    answered = house.rows("SELECT sequence, partstat FROM delivery ORDER BY id DESC LIMIT 1")
    assert answered == [(entry.sequence, "ACCEPTED")]


def test_organizers_of_two_sites_with_one_uid(calendars: Calendars) -> None:
    """Each house has its own entries and people: who is known here is a stranger there."""
    house = calendars.house
    [[other]] = house.rows(
        """INSERT INTO site (slug, name, address, zone, language, contact_address, mail_domain, opens, closes)
        SELECT 'elsewhere', 'Ailleurs', address, zone, 'en', contact_address, 'elsewhere.example', opens, closes
        FROM site RETURNING id"""
    )
    house.rows(
        """INSERT INTO resource (site_id, kind, slug, name, seats_are_assumed, is_open)
        VALUES (:site, 'room', 'flexi-36', 'Hall', false, true) RETURNING id""",
        site=other,
    )
    there = Party("room-flexi-36@rooms.elsewhere.example", cutype="ROOM")
    entry = Entry(guests=(there,))
    assert calendars.send(entry).code == "requested"
    assert calendars.send(entry, site_id=other).code == "refused"
    replies = {
        reply.room: (reply.partstat, reply.mail.envelope.sender.rpartition("@")[2]) for reply in calendars.replies()
    }
    assert replies == {
        room("flexi-36"): ("ACCEPTED", SITE),
        "room-flexi-36@rooms.elsewhere.example": ("DECLINED", "elsewhere.example"),
    }
