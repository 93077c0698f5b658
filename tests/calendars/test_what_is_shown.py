"""What a calendar shows and hides: what is held, in whose calendar, in full or only when something is there."""

from datetime import timedelta

import pytest

from shared.programme import Meeting, Plan, add_sessions, describe, register
from shared.seed import atelier
from shared.store.attendees import Attendee, Invitee
from shared.store.people import Organisation, Person, person_called
from shared.store.programme import Activity
from tests.calendars.conftest import Press, events
from tests.house import slot


def test_what_is_confirmed_is_in_the_calendars_of_room_owner_and_site(press: Press) -> None:
    press.house.confirmed("flexi-16", title="Maquillage")
    assert press.titles("room", "flexi-16") == ["Maquillage"]
    assert press.titles("site") == ["Maquillage"]
    assert press.titles("person", who="anne") == ["Maquillage"]
    assert press.titles("room", "flexi-19") == press.titles("person", who="basile") == []


def test_what_is_asked_for_or_refused_is_in_no_calendar(press: Press) -> None:
    press.house.confirmed("flexi-16", title="Maquillage")
    press.house.decided_as("refused", "flexi-16", title="Trop tard")
    press.house.ask("flexi-19", title="Pas encore")
    assert press.titles("site") == ["Maquillage"]


def test_who_waits_is_in_no_calendar_until_it_is_held(press: Press) -> None:
    first = press.house.confirmed("flexi-16", title="Maquillage")
    press.house.decided_as("waitlisted", "flexi-16", title="Storyboard", who="basile", on_conflict="wait")
    assert press.titles("person", who="basile") == []
    press.house.cancel(first)
    press.house.decide()
    assert press.titles("person", who="basile") == ["Storyboard"]


def test_what_is_held_for_now_is_tentative(press: Press) -> None:
    option = press.house.decided_as("tentative", "flexi-16", option_until=press.house.now + timedelta(hours=24))
    [event] = events(press.feed("room", "flexi-16"))
    assert event["STATUS"] == "TENTATIVE"
    press.house.confirm(option)
    [event] = events(press.feed("room", "flexi-16"))
    assert event["STATUS"] == "CONFIRMED"


def test_the_full_text_says_what_where_who_holds_it_and_how_many_come(press: Press) -> None:
    guests = ("a@example.org", "b@example.org", "c@example.org")
    id_ = press.house.confirmed("flexi-16", title="Maquillage ; niveau 2", note="Apportez\nun tablier", guests=guests)
    with press.house.book() as db:
        for attendee in db.query(Attendee).filter_by(reservation_id=id_, address="b@example.org"):
            attendee.partstat = "ACCEPTED"
    [event] = events(press.feed("room", "flexi-16"))
    assert str(event["SUMMARY"]) == "Maquillage ; niveau 2"
    said = "Apportez\nun tablier\n\nOrganisé par Anne\nRéponses : 1 oui, 2 sans réponse"
    assert str(event["DESCRIPTION"]) == said
    assert str(event["LOCATION"]) == "Flexi 16, 37 rue du Temple, Porte 3, 62012 Arras CEDEX"
    assert "ATTENDEE" not in event


def test_a_busy_feed_says_when_and_nothing_else(press: Press) -> None:
    press.house.confirmed("flexi-16", title="Entretien avec Zoé", note="confidentiel", guests=("zoe@example.org",))
    press.house.series("FREQ=WEEKLY;COUNT=3", "flexi-16", title="Suivi de Max", guests=("max@example.org",))
    press.house.decide()
    for kind, of in (("room", "flexi-16"), ("site", "")):
        read = press.feed(kind, of, scope="busy")
        assert [str(event["SUMMARY"]) for event in events(read)] == ["Occupé", "Occupé"]
        text = read.replace(b"\r\n ", b"").decode()
        assert not [
            word for word in ("Zoé", "Max", "confidentiel", "Anne", "zoe@", "DESCRIPTION", "LOCATION") if word in text
        ]


def test_a_busy_feed_does_not_give_away_whose_it_is(press: Press) -> None:
    press.house.confirmed("flexi-16", title="Maquillage", who="anne")
    assert b"Anne" not in press.feed("person", who="anne", scope="busy").replace(b"\r\n ", b"")
    assert b"Anne" in press.feed("person", who="anne").replace(b"\r\n ", b"")


def test_who_is_invited_has_it_in_their_agenda_until_they_are_taken_off(press: Press) -> None:
    id_ = press.house.confirmed("flexi-16", title="Maquillage", guests=("basile@example.org",))
    assert press.titles("person", who="basile") == ["Maquillage"]
    with press.house.book() as db:
        db.query(Attendee).filter_by(reservation_id=id_).one().removed_at = press.house.now
    assert press.titles("person", who="basile") == []
    assert press.titles("person", who="anne") == ["Maquillage"]


def test_who_becomes_known_here_finds_what_they_were_invited_to(press: Press) -> None:
    press.house.confirmed("flexi-16", title="Maquillage", guests=("zoe@example.org",))
    press.publish()
    with press.house.book() as db:
        zoe = Person(site_id=press.house.site_id, name="Zoé", address="zoe@example.org", language="fr")
        db.add(zoe)
        db.flush()
        press.house.actors["zoe"] = type(press.house.actors["anne"])(zoe.id, press.house.site_id)
    assert press.titles("person", who="zoe") == ["Maquillage"]


def test_a_trainer_who_is_booked_gives_the_session(press: Press) -> None:
    trainer = press.house.trainer("basile")
    id_ = press.house.confirmed("flexi-16", trainer, title="Maquillage")
    assert press.titles("person", who="basile") == ["Maquillage"]
    press.house.move(id_, slot(), "flexi-16")
    press.house.decide()
    assert press.titles("person", who="basile") == []


def test_a_combined_room_is_in_the_calendars_of_its_parts_under_its_own_name(press: Press) -> None:
    press.house.furnish("duo", name="Duo", seats=30, parts=("flexi-16", "flexi-19"))
    press.house.confirmed("duo", title="Conférence")
    for room in ("duo", "flexi-16", "flexi-19"):
        [event] = events(press.feed("room", room))
        assert str(event["LOCATION"]).startswith("Duo, "), room


def test_what_is_moved_leaves_the_one_room_for_the_other(press: Press) -> None:
    id_ = press.house.confirmed("flexi-16", title="Maquillage")
    assert press.titles("room", "flexi-16") == ["Maquillage"]
    press.house.move(id_, slot(14, 16), "flexi-19")
    press.house.decide()
    assert press.titles("room", "flexi-16") == []
    [event] = events(press.feed("room", "flexi-19"))
    assert event["DTSTART"].dt == slot(14, 16).start


def activity(press: Press) -> int:
    house = press.house
    meetings = tuple(Meeting(slot(day=day), title=f"Séance {day}", resources=("flexi-16",)) for day in (0, 1))
    with house.book() as db:
        plan = Plan("lab", "Cinéma", "Tournage", "Plan Séquence", meetings)
        id_ = register(db, plan, by=house.actors["claire"], now=house.now).id
    house.decide()
    return id_


def test_an_activity_is_in_its_calendar_and_in_that_of_its_partner(press: Press) -> None:
    id_ = activity(press)
    press.house.confirmed("flexi-19", title="Autre chose")
    both = ["Cinéma : Séance 0", "Cinéma : Séance 1"]
    assert press.titles("activity", str(id_)) == both
    assert press.titles("partner", "Plan Séquence") == both
    with press.house.book() as db:
        elsewhere = Meeting(slot(day=2), place="elsewhere", where="Cinéma Ociné, Arras")
        add_sessions(db, db.get_one(Activity, id_), [elsewhere], by=press.house.actors["claire"], now=press.house.now)
    press.house.decide()
    *_, event = events(press.feed("activity", str(id_)))
    assert (str(event["SUMMARY"]), str(event["LOCATION"])) == ("Cinéma", "Cinéma Ociné, Arras")


def test_what_an_activity_is_about_is_said_and_said_anew(press: Press) -> None:
    id_ = activity(press)
    assert b"Tournage" in press.feed("activity", str(id_))
    with press.house.book() as db:
        found = db.get_one(Activity, id_)
        describe(db, found, title=None, description="Montage", by=press.house.actors["claire"], now=press.house.now)
    read = press.feed("activity", str(id_))
    assert b"Montage" in read
    assert b"Tournage" not in read


def test_the_contact_of_a_partner_brings_what_it_is_invited_to(press: Press) -> None:
    press.house.confirmed("flexi-16", title="Maquillage", guests=("pia@example.org",))
    assert press.titles("partner", "Plan Séquence") == ["Maquillage"]
    with press.house.book() as db:
        db.query(Organisation).one().contact_address = "autre@example.org"
    assert press.titles("partner", "Plan Séquence") == []


@pytest.mark.parametrize("what", ["room", "site", "person"])
def test_another_name_is_another_text(press: Press, what: str) -> None:
    house = press.house
    house.confirmed("flexi-16")
    before = press.feed("room", "flexi-16")
    if what == "room":
        house.alter("flexi-16", name="Studio")
    else:
        table = {"site": "site", "person": "person"}[what]
        house.rows(f"UPDATE {table} SET name = 'Studio' WHERE id = :id RETURNING id", id=1)
    assert b"Studio" not in before
    assert b"Studio" in events(press.feed("room", "flexi-16"))[0].to_ical()


def test_somebody_of_the_same_address_at_another_site_is_somebody_else(press: Press) -> None:
    with press.house.book() as db:
        lille = atelier(db, slug="lille", name="Atelier Canopé 59 - Lille")
        person_called(db, lille.id, address="zoe@example.org", name="Zoé")
    press.house.confirmed("flexi-16", guests=("zoe@example.org",))
    press.publish()
    assert {row.site_id for row in press.house.rows("SELECT site_id FROM calendar WHERE kind = 'person'")} == {1}


def test_guests_are_not_named(press: Press) -> None:
    press.house.confirmed("flexi-16", guests=tuple(Invitee(f"guest{n}@example.org").address for n in range(3)))
    assert b"guest" not in press.feed("site").replace(b"\r\n ", b"")
