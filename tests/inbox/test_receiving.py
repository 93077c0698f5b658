"""Mails are taken in as they are: for whoever is here, once, and nothing is lost of them."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from shared.inbox import keeping
from shared.inbox.receiving import MOST_BYTES, Envelope, receive
from shared.inbox.recipients import bounce_key, sites_of
from shared.seed import atelier
from tests.house import House
from tests.letters_in import RESERVATIONS, ROOM, come_in, letter

BOUNCES = f"bounces+{'0a' * 16}@creneau.example"


def rows(house: House) -> list[tuple[int, list[str], bytes]]:
    found = house.rows("SELECT id, recipients, raw FROM inbound_mail ORDER BY id")
    return [(row.id, row.recipients, bytes(row.raw)) for row in found]


@pytest.mark.parametrize(
    "address", [RESERVATIONS, ROOM, BOUNCES, "Room-Flexi-16@Rooms.Creneau.EXAMPLE", BOUNCES.upper()]
)
def test_our_addresses_are_known_in_whatever_case(house: House, address: str) -> None:
    with house.book() as db:
        assert sites_of(db, [address]) == {address.lower(): house.site_id}


@pytest.mark.parametrize(
    "address",
    [
        "",
        "@",
        "creneau.example",
        "anne@creneau.example",
        "reservations@rooms.creneau.example",
        "room-flexi-16@creneau.example",
        "room-flexi-99@rooms.creneau.example",
        "flexi-16@rooms.creneau.example",
        "reservations@creneau.example.org",
        "reservations+x@creneau.example",
        "bounces+00@creneau.example",
        f"bounces+{'g' * 32}@creneau.example",
        "r\u00e9servations@creneau.example",
        "reservations@creneau.example\x00",
        "x" * 250 + RESERVATIONS,
        "reser\udcffvations@creneau.example",
    ],
)
def test_nobody_else_is(house: House, address: str) -> None:
    with house.book() as db:
        assert sites_of(db, [address]) == {}
    assert bounce_key(address) is None


def test_a_bounce_s_address_names_the_delivery() -> None:
    assert str(bounce_key(BOUNCES.upper())) == "0a0a0a0a-0a0a-0a0a-0a0a-0a0a0a0a0a0a"


def test_a_mail_is_one_row_with_its_bytes_whatever_they_are(house: House) -> None:
    raw = b"From: x\n\n\x00\xff\r\n.\r\n\r"
    taken = come_in(house, raw, ROOM, RESERVATIONS.upper(), ROOM.title(), "nobody@creneau.example")
    assert rows(house) == [(taken.ids[0], [RESERVATIONS, ROOM], raw)] or rows(house) == [
        (taken.ids[0], sorted([RESERVATIONS, ROOM]), raw)
    ]
    assert taken.unknown == ("nobody@creneau.example",)


def test_the_same_bytes_again_are_the_same_mail(house: House) -> None:
    first = come_in(house, letter(), ROOM, RESERVATIONS)
    again = come_in(house, letter(), RESERVATIONS, ROOM.upper())
    assert first.ids == again.ids
    assert len(rows(house)) == 1
    assert come_in(house, letter(), ROOM).ids != first.ids, "to others it is another mail"
    assert come_in(house, letter() + b"\r\n", ROOM, RESERVATIONS).ids != first.ids


def test_a_mail_to_two_sites_is_one_row_for_each(house: House) -> None:
    with house.book() as db:
        lille = atelier(db, slug="lille", name="Lille")
        lille.mail_domain = "lille.example"
        db.flush()
        lille_id = lille.id
    taken = come_in(house, letter(), ROOM, "reservations@lille.example")
    found = house.rows("SELECT id, site_id, recipients FROM inbound_mail ORDER BY site_id")
    assert [tuple(row) for row in found] == [
        (taken.ids[0], house.site_id, [ROOM]),
        (taken.ids[1], lille_id, ["reservations@lille.example"]),
    ]


def test_a_mail_for_nobody_leaves_no_row(house: House) -> None:
    assert come_in(house, letter(), "nobody@creneau.example").ids == ()
    assert rows(house) == []


@pytest.mark.parametrize(
    ("mail_from", "raw"), [("a\x00b@x.example", b""), ("x" * 255, b""), ("a@x.example", bytes(MOST_BYTES + 1))]
)
def test_what_no_mail_server_may_bring_is_refused(house: House, mail_from: str, raw: bytes) -> None:
    with pytest.raises(ValueError, match=r"a mail of more|not the sender"), house.book() as db:
        receive(db, Envelope("lmtp", mail_from, (ROOM,)), raw, now=house.now)


def test_mails_are_kept_for_90_days_and_those_that_wait_for_longer(house: House) -> None:
    handled, waiting = (come_in(house, letter(subject), ROOM).ids[0] for subject in ("a", "b"))
    with house.book() as db:
        db.execute(
            text("UPDATE inbound_mail SET state = 'handled', handled_at = received_at WHERE id = :id"), {"id": handled}
        )
    house.passes(days=90)
    with house.book() as db:
        assert keeping.forget_old(db, now=house.now) == 0
        assert keeping.forget_old(db, now=house.now + timedelta(seconds=1)) == 1
    assert [row[0] for row in rows(house)] == [waiting]
