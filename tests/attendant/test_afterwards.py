"""What becomes of it in Créneau afterwards is answered anew; and what only its organizer's calendar may change."""

import pytest

from shared import programme
from shared.domain.errors import ExternalEntryError
from shared.store.attendees import Invitee
from tests.attendant.organizers import Calendars, Entry
from tests.house import slot


@pytest.fixture
def asked(calendars: Calendars) -> int:
    """Somebody's request that awaits a coordinator."""
    calendars.house.rule("room", "flexi-36", who_may_book=[], who_may_request=["everybody"])
    calendars.send(Entry())
    assert calendars.reply().partstat == "TENTATIVE"
    return int(calendars.reservations()[0].id)


def test_a_coordinator_approves(calendars: Calendars, asked: int) -> None:
    calendars.house.passes(minutes=5)
    calendars.house.approve(asked)
    reply = calendars.reply()
    assert (reply.partstat, reply.event["SEQUENCE"]) == ("ACCEPTED", 0)
    assert reply.event["DTSTAMP"].dt == calendars.house.now


def test_a_coordinator_declines_with_a_reason(calendars: Calendars, asked: int) -> None:
    calendars.house.decline(asked, reason="Le parquet est verni ce jour-là.")
    reply = calendars.reply()
    assert reply.partstat == "DECLINED"
    assert "Le parquet est verni" in reply.comment
    assert "Le parquet est verni" in reply.mail.words


def test_nobody_decides_in_time(calendars: Calendars, asked: int) -> None:
    calendars.house.passes(days=4)
    calendars.house.run_timers()
    assert calendars.house.state(asked) == "expired"
    reply = calendars.reply()
    assert reply.partstat == "DECLINED"
    assert "Personne" in reply.comment


def test_two_answers_within_a_second_come_in_order(calendars: Calendars, asked: int) -> None:
    calendars.house.approve(asked)
    first = calendars.reply().event["DTSTAMP"].dt
    calendars.house.cancel(asked)
    second = calendars.reply()
    assert second.partstat == "DECLINED"
    assert second.event["DTSTAMP"].dt > first


@pytest.mark.parametrize("who", ["anne", "claire"])
def test_it_is_cancelled_in_creneau(calendars: Calendars, who: str) -> None:
    calendars.send(Entry())
    calendars.reply()
    [reservation] = calendars.reservations()
    calendars.house.cancel(reservation.id, who=who, reason="Fuite d'eau")
    reply = calendars.reply()
    assert (reply.partstat, "annulée" in reply.comment) == ("DECLINED", True)
    calendars.send(Entry().next())
    assert calendars.reply().partstat == "ACCEPTED"  # asked for once more


def test_a_coordinator_is_reminded_as_of_any_request(calendars: Calendars, asked: int) -> None:
    calendars.house.passes(hours=25)
    calendars.house.run_timers()
    [mail] = calendars.post.announce_all()
    assert (mail.recipient, asked) == ("claire@example.org", asked)


@pytest.mark.parametrize("who", ["anne", "claire"])
def test_it_is_moved_where_it_came_from_and_nowhere_else(calendars: Calendars, who: str) -> None:
    house = calendars.house
    calendars.send(Entry())
    calendars.reply()
    [reservation] = calendars.reservations()
    with pytest.raises(ExternalEntryError) as refused:
        house.move(reservation.id, slot(14, 15), who=who)
    assert refused.value.code == "external_entry"
    with pytest.raises(ExternalEntryError):
        house.change(reservation.id, who=who, resources=("flexi-16",))
    with pytest.raises(ExternalEntryError), house.book() as db:
        programme.invite(db, reservation.id, [Invitee("x@example.org")], by=house.actors[who], now=house.now)
    house.change(reservation.id, who=who, title="Autrement dit", slot=slot())
    assert calendars.replies() == []


def test_equipment_that_is_added_in_creneau_stays_when_the_entry_moves(calendars: Calendars) -> None:
    house = calendars.house
    house.furnish("tablettes", "equipment", quantity=4)
    entry = Entry()
    calendars.send(entry)
    calendars.reply()
    [reservation] = calendars.reservations()
    house.change(reservation.id, quantities={"tablettes": 2})
    assert calendars.replies() == []
    calendars.send(entry.next(at=slot(14, 15)))
    assert calendars.reply().partstat == "ACCEPTED"
    assert house.reservation(reservation.id).quantities == {"tablettes": 2}
    assert house.rooms["tablettes"] in house.reservation(reservation.id).resource_ids
