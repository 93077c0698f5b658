"""Activities: what people come for, session by session, and the partner who is told of each."""

from typing import Any

import pytest

from shared import programme
from shared.domain.errors import InvalidInputError, NotAllowedError, NotFoundError, WrongStateError
from shared.programme import Meeting, Plan
from shared.store.attendees import Invitee
from shared.store.programme import Activity, Session
from tests.house import House, slot

MORNING = Meeting(slot(8, 11), "Maquillage", resources=("flexi-16",), people=12)
AFTERNOON = Meeting(slot(13, 16), "Storyboard", resources=("flexi-16", "flexi-19"))


def register(house: House, *meetings: Meeting, who: str = "anne", **more: Any) -> int:
    plan = Plan(
        kind=more.pop("kind", "festival"), title=more.pop("title", "Arras Film Festival"), meetings=meetings, **more
    )
    with house.book() as db:
        return programme.register(db, plan, by=house.actors[who], now=house.now).id


def reservations(house: House, activity_id: int) -> list[int]:
    query = "SELECT reservation_id AS id FROM session WHERE activity_id = :id ORDER BY id"
    return [row.id for row in house.rows(query, id=activity_id)]


def invited(house: House, reservation_id: int) -> list[str]:
    query = "SELECT address FROM attendee WHERE reservation_id = :id AND removed_at IS NULL ORDER BY address"
    return [row.address for row in house.rows(query, id=reservation_id)]


def add(house: House, activity_id: int, *meetings: Meeting, who: str = "anne") -> None:
    with house.book() as db:
        activity = programme.own_activity(db, activity_id, by=house.actors[who])
        programme.add_sessions(db, activity, meetings, by=house.actors[who], now=house.now)


def call_off(house: House, activity_id: int, who: str = "anne") -> None:
    with house.book() as db:
        activity = programme.own_activity(db, activity_id, by=house.actors[who])
        programme.call_off(db, activity, reason="Grève", by=house.actors[who], now=house.now)


def describe(house: House, activity_id: int, title: str | None = None, description: str | None = None) -> None:
    with house.book() as db:
        activity = programme.own_activity(db, activity_id, by=house.actors["anne"])
        programme.describe(db, activity, title=title, description=description, by=house.actors["anne"], now=house.now)


def test_each_session_is_decided_by_itself(house: House) -> None:
    taken = house.confirmed("flexi-19", at=slot(15, 17), who="basile")
    morning, afternoon = reservations(house, register(house, MORNING, AFTERNOON))
    assert house.decide() == [morning, afternoon]
    assert house.states(taken, morning, afternoon) == ["confirmed", "confirmed", "refused"]
    named = house.reservation(morning)
    assert (named.title, named.people) == ("Arras Film Festival : Maquillage", 12)


def test_a_session_elsewhere_or_online_needs_no_room(house: House) -> None:
    bus = Meeting(slot(), place="elsewhere", where="Casino d'Arras")
    online = Meeting(slot(), place="online", where="https://visio.example/1")
    sessions = reservations(house, register(house, bus, online))
    house.decide()
    assert house.states(*sessions) == ["confirmed", "confirmed"]
    assert house.rows("SELECT FROM occupancy") == []


def test_an_activity_may_begin_without_sessions_and_get_them_later(house: House) -> None:
    festival = register(house)
    assert reservations(house, festival) == []
    add(house, festival, MORNING)
    house.decide()
    assert house.states(*reservations(house, festival)) == ["confirmed"]


def test_an_unknown_room_in_one_session_registers_nothing(house: House) -> None:
    with pytest.raises(InvalidInputError) as caught:
        register(house, MORNING, Meeting(slot(), resources=("salle-9",)))
    assert caught.value.code == "unknown_resource"
    assert house.rows("SELECT FROM activity") == house.rows("SELECT FROM reservation") == []


def test_the_partner_is_invited_to_every_session(house: House) -> None:
    guests = (Invitee("CPE@college.example"),)
    festival = register(house, MORNING, Meeting(slot(14, 15), invitees=guests), partner="Plan Séquence")
    first, second = reservations(house, festival)
    assert invited(house, first) == ["pia@example.org"]
    assert invited(house, second) == ["cpe@college.example", "pia@example.org"]


def test_a_partner_who_is_named_among_the_guests_is_invited_once_in_whatever_spelling(house: House) -> None:
    house.rows("UPDATE organisation SET contact_address = 'Pia@Example.org' RETURNING 1")
    named = (Invitee("PIA@example.org", "Pia M."), Invitee("cpe@college.example"))
    [session] = reservations(house, register(house, Meeting(slot(), invitees=named), partner="Plan Séquence"))
    assert invited(house, session) == ["cpe@college.example", "pia@example.org"]
    assert house.rows("SELECT name FROM attendee WHERE address LIKE 'pia%'")[0].name == "Pia M."


def test_a_partner_without_an_address_is_not_invited(house: House) -> None:
    house.rows("UPDATE organisation SET contact_address = NULL RETURNING 1")
    [session] = reservations(house, register(house, MORNING, partner="Plan Séquence"))
    assert invited(house, session) == []


def test_an_unknown_partner_is_an_error(house: House) -> None:
    with pytest.raises(InvalidInputError) as caught:
        register(house, MORNING, partner="Plan B")
    assert caught.value.code == "unknown_partner"


def test_calling_off_cancels_every_session_that_is_still_to_be_held(house: House) -> None:
    house.confirmed("flexi-19", at=slot(15, 17), who="basile")
    festival = register(house, MORNING, AFTERNOON)
    house.decide()
    add(house, festival, Meeting(slot(17, 18), resources=("flexi-16",)))
    call_off(house, festival)
    assert house.states(*reservations(house, festival)) == ["cancelled", "refused", "cancelled"]
    assert house.decide() == []
    assert house.state(house.confirmed("flexi-16", at=slot(8, 11), who="basile")) == "confirmed"


def test_what_is_called_off_is_over(house: House) -> None:
    festival = register(house, MORNING)
    call_off(house, festival)
    with pytest.raises(WrongStateError):
        call_off(house, festival)
    with pytest.raises(WrongStateError):
        add(house, festival, AFTERNOON)


def test_who_registered_an_activity_calls_off_the_sessions_that_a_coordinator_added(house: House) -> None:
    festival = register(house, MORNING)
    add(house, festival, AFTERNOON, who="claire")
    call_off(house, festival)
    assert house.states(*reservations(house, festival)) == ["cancelled", "cancelled"]


def test_only_who_registered_an_activity_and_coordinators_change_it(house: House) -> None:
    festival = register(house, MORNING)
    with pytest.raises(NotAllowedError):
        call_off(house, festival, who="basile")
    with pytest.raises(NotFoundError):
        call_off(house, festival + 1)
    call_off(house, festival, who="claire")
    with house.book() as db:
        assert db.get_one(Activity, festival).cancelled_at == house.now


def test_a_new_title_goes_to_the_sessions_that_are_still_to_be_held(house: House) -> None:
    festival = register(house, MORNING, AFTERNOON)
    kept, cancelled = reservations(house, festival)
    house.decide()
    house.cancel(cancelled)
    describe(house, festival, title="Festival 2027")
    assert house.reservation(kept).title == "Festival 2027 : Maquillage"
    assert house.reservation(cancelled).title == "Arras Film Festival : Storyboard"
    assert house.history(kept)[-1] == "ReservationDescribed"


def test_a_new_description_is_announced_and_an_unchanged_title_is_not(house: House) -> None:
    festival = register(house, MORNING)
    [session] = reservations(house, festival)
    house.decide()
    describe(house, festival, title="Arras Film Festival")
    assert house.history(session)[-1] == "ReservationConfirmed"
    describe(house, festival, description="Avec Plan Séquence")
    assert house.history(session)[-1] == "ReservationDescribed"


def test_another_place_is_told_in_words_only_for_a_session_elsewhere(house: House) -> None:
    festival = register(house, MORNING, Meeting(slot(), place="elsewhere", where="Casino"))
    onsite, elsewhere = reservations(house, festival)
    with house.book() as db:
        sessions = {s.reservation_id: s for s in db.query(Session)}
        programme.change_place(db, sessions[elsewhere], "Mégarama", by=house.actors["anne"], now=house.now)
        with pytest.raises(InvalidInputError):
            programme.change_place(db, sessions[onsite], "Mégarama", by=house.actors["anne"], now=house.now)
    assert [row.where for row in house.rows('SELECT "where" FROM session ORDER BY id')] == ["", "Mégarama"]
    assert house.history(elsewhere)[-1] == "ReservationDescribed"
