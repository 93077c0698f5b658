"""What the database itself refuses, whatever a program believes; no program of ours comes that far."""

import pytest
from psycopg.errors import CheckViolation, ForeignKeyViolation, UniqueViolation
from sqlalchemy.exc import IntegrityError

from tests.house import House

CHECKS = {
    "a reservation that ends before it starts": "UPDATE reservation SET ends_at = starts_at - interval '1s'",
    "a reservation of no length": "UPDATE reservation SET ends_at = starts_at",
    "a reservation of more than 366 days": "UPDATE reservation SET ends_at = starts_at + interval '366 days 1s'",
    "fewer people than none": "UPDATE reservation SET people = -1",
    "an unknown state": "UPDATE reservation SET state = 'perhaps'",
    "something confirmed that waits for nothing": "UPDATE reservation SET turn = 1, waiting_since = now()",
    "a request without a turn": "UPDATE reservation SET state = 'requested'",
    "a turn without its time": "UPDATE reservation SET state = 'requested', turn = 1",
    "half a move": "UPDATE reservation SET wanted_starts_at = now(), wanted_ends_at = now() + interval '1h'",
    "a move that nobody will decide": """UPDATE reservation SET wanted_starts_at = now(), wanted_people = 0,
        wanted_ends_at = now() + interval '1h', wanted_resource_ids = '{}', wanted_by_coordinator = false""",
    "a move that ends before it starts": """UPDATE reservation SET wanted_starts_at = now(), wanted_people = 0,
        wanted_ends_at = now() - interval '1h', wanted_resource_ids = '{}', wanted_by_coordinator = false,
        turn = 1, waiting_since = now()""",
    "a move of more than 366 days": """UPDATE reservation SET wanted_starts_at = now(), wanted_people = 0,
        wanted_ends_at = now() + interval '367 days', wanted_resource_ids = '{}', wanted_by_coordinator = false,
        turn = 1, waiting_since = now()""",
    "a move of fewer people than none": """UPDATE reservation SET wanted_starts_at = now(), wanted_people = -1,
        wanted_ends_at = now() + interval '1h', wanted_resource_ids = '{}', wanted_by_coordinator = false,
        turn = 1, waiting_since = now()""",
    "a site that closes before it opens": "UPDATE site SET closes = opens",
    "a site without a language of ours": "UPDATE site SET language = 'de'",
    "a person with two spellings": "UPDATE person SET address = 'Anne@example.org' WHERE name = 'Anne'",
    "a person without a language of ours": "UPDATE person SET language = 'de'",
    "an organisation without a language of ours": "UPDATE organisation SET language = 'de'",
    "a token with an unknown role": "UPDATE token SET role = 'root'",
    "a resource of an unknown kind": "UPDATE resource SET kind = 'boat'",
    "a room with no seats": "UPDATE resource SET seats = 0",
    "an attendee with two spellings": "UPDATE attendee SET address = upper(address)",
    "an attendee with an unknown role": "UPDATE attendee SET role = 'BOSS'",
    "an attendee with an unknown answer": "UPDATE attendee SET partstat = 'MAYBE'",
    "an attendee without a language of ours": "UPDATE attendee SET language = 'de'",
    "an activity of an unknown kind": """INSERT INTO activity
        (site_id, kind, title, description, created_by, created_at)
        SELECT site_id, 'party', '', '', id, now() FROM person""",
    "a session in no place": """WITH a AS (INSERT INTO activity
        (site_id, kind, title, description, created_by, created_at)
        SELECT site_id, 'lab', '', '', id, now() FROM person LIMIT 1 RETURNING id)
        INSERT INTO session (activity_id, reservation_id, place, "where")
        SELECT a.id, r.id, 'nowhere', '' FROM a, reservation AS r""",
    "an announcement of an unknown kind": "UPDATE announcement SET kind = 'gossip'",
    "an announcement of an unknown method": "UPDATE announcement SET method = 'ADD'",
    "a delivery in an unknown state": "UPDATE delivery SET state = 'lost'",
    "a delivery of an unknown method": "UPDATE delivery SET method = 'ADD'",
    "a mail that left and could not be sent again": "UPDATE delivery SET state = 'sent', message = NULL",
    "a mail on the wire that could not be sent again": "UPDATE delivery SET state = 'committing', message = NULL",
    "a mail refused that could not be shown": "UPDATE delivery SET state = 'failed', message = NULL",
}

TWICE = {
    "an atelier": "INSERT INTO site SELECT 99, s.slug, s.name, s.address, s.zone, s.language, s.contact_address,"
    " s.mail_domain, s.opens, s.closes FROM site AS s",
    "a person at one address": "INSERT INTO person (site_id, name, address) SELECT site_id, 'x', address FROM person",
    "a room's name": "INSERT INTO resource (site_id, kind, slug, name) SELECT site_id, 'room', slug, 'x' FROM resource",
    "a partner": "INSERT INTO organisation (site_id, name) SELECT site_id, name FROM organisation",
    "a guest": "INSERT INTO attendee (reservation_id, address, name, role)"
    " SELECT reservation_id, address, '', role FROM attendee",
    "an entry of one reservation": "INSERT INTO invitation (site_id, reservation_id, uid, dtstamp)"
    " SELECT site_id, reservation_id, 'x', now() FROM invitation",
    "a token": "INSERT INTO token (site_id, person_id, role, digest, label, created_at)"
    " SELECT site_id, person_id, role, digest, '', now() FROM token",
    "a mail to one recipient": "INSERT INTO delivery (site_id, reservation_id, announcement_id, uid, sequence, dtstamp,"
    " method, recipient, recipient_name, language, role, not_before, give_up_at, created_at)"
    " SELECT site_id, reservation_id, announcement_id, uid, sequence, dtstamp, method, recipient, '', 'fr', '', now(),"
    " now(), now() FROM delivery",
}


@pytest.fixture
def lived_in(house: House) -> House:
    """A confirmed reservation with a guest who was written to."""
    house.confirmed("flexi-16", guests=["cpe@college.example"])
    house.announce()
    assert house.rows("SELECT FROM delivery")
    return house


@pytest.mark.parametrize("what", CHECKS)
def test_the_database_refuses(lived_in: House, what: str) -> None:
    with pytest.raises(IntegrityError) as caught:
        lived_in.rows(f"{CHECKS[what]} RETURNING 1")
    assert isinstance(caught.value.orig, CheckViolation)


@pytest.mark.parametrize("what", TWICE)
def test_the_database_keeps_only_one_of(lived_in: House, what: str) -> None:
    with pytest.raises(IntegrityError) as caught:
        lived_in.rows(f"{TWICE[what]} RETURNING 1")
    assert isinstance(caught.value.orig, UniqueViolation)


@pytest.mark.parametrize("table", ["site", "person", "resource", "reservation", "invitation", "announcement"])
def test_nothing_is_deleted_from_under_what_hangs_on_it(lived_in: House, table: str) -> None:
    with pytest.raises(IntegrityError) as caught:
        lived_in.rows(f"DELETE FROM {table} RETURNING 1")
    assert isinstance(caught.value.orig, ForeignKeyViolation)
