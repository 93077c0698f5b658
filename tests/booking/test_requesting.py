"""Asking for rooms: what enters the queue, and what an Idempotency-Key promises."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256

import pytest
from sqlalchemy.exc import IntegrityError

from shared import booking
from shared.domain.errors import CreneauError, InvalidInputError, KeyReusedError
from shared.store.attendees import Invitee
from shared.store.idempotency import Key
from tests.house import House, slot


def wish(house: House, *resources: str, key: str | None = None, body: str = "", who: str = "anne") -> booking.Wish:
    actor = house.actors[who]
    assert actor.person_id is not None
    return booking.Wish(
        by=actor,
        title=body or "Atelier",
        slot=slot(),
        resources=resources,
        key=Key(actor.person_id, key, sha256(body.encode()).digest()) if key else None,
    )


def enter(house: House, *wishes: booking.Wish) -> Sequence[int | CreneauError]:
    with house.book() as db:
        return booking.request(db, wishes, now=house.now)


def how_many(house: House) -> int:
    return len(house.rows("SELECT FROM reservation"))


def test_a_request_is_written_down_with_its_people_and_its_event(house: House) -> None:
    mine = house.ask(
        "flexi-19", "flexi-16", title="Maquillage 🎬", people=12, note="4e B", guests=["cpe@college.example"]
    )
    asked = house.reservation(mine)
    assert (asked.state, asked.title, asked.people, asked.note) == ("requested", "Maquillage 🎬", 12, "4e B")
    assert asked.resource_ids == sorted([house.rooms["flexi-16"], house.rooms["flexi-19"]])
    assert (asked.slot, asked.waiting_since, asked.decided_at) == (slot(), house.now, None)
    assert house.history(mine) == ["ReservationRequested"]
    [guest] = house.rows("SELECT address, role, partstat, is_told FROM attendee")
    assert tuple(guest) == ("cpe@college.example", "REQ-PARTICIPANT", "NEEDS-ACTION", False)


def test_a_batch_is_queued_in_its_order_and_one_error_stops_only_its_own_wish(house: House) -> None:
    first, unknown, last = enter(house, wish(house, "flexi-16"), wish(house, "salle-9"), wish(house, "flexi-16"))
    assert isinstance(unknown, InvalidInputError)
    assert unknown.code == "unknown_resource"
    assert "salle-9" in unknown.message
    assert house.decide() == [first, last]


def test_an_unknown_room_beside_a_known_one_is_an_error(house: House) -> None:
    [result] = enter(house, wish(house, "flexi-16", "salle-9"))
    assert isinstance(result, InvalidInputError)
    assert how_many(house) == 0


def test_many_people_are_invited_at_once(house: House) -> None:
    guests = [f"prof{n}@college.example" for n in range(2000)]
    mine = house.ask("espace-ouvert", guests=guests)
    assert len(house.rows("SELECT FROM attendee WHERE reservation_id = :id", id=mine)) == 2000


def test_the_same_key_with_the_same_request_gives_the_same_reservation(house: House) -> None:
    once, again = (enter(house, wish(house, "flexi-16", key="k")) for _ in range(2))
    assert once == again
    assert how_many(house) == 1


def test_a_key_with_another_request_is_an_error(house: House) -> None:
    [once] = enter(house, wish(house, "flexi-16", key="k"))
    [other] = enter(house, wish(house, "flexi-16", key="k", body="other"))
    assert isinstance(other, KeyReusedError)
    assert (how_many(house), enter(house, wish(house, "flexi-16", key="k"))) == (1, [once])


def test_a_key_belongs_to_its_person(house: House) -> None:
    mine, theirs = enter(house, wish(house, "flexi-16", key="k"), wish(house, "flexi-16", key="k", who="basile"))
    assert mine != theirs
    assert how_many(house) == 2


def test_twins_in_one_batch_are_one_reservation(house: House) -> None:
    first, other, twin = enter(
        house, wish(house, "flexi-16", key="k"), wish(house, "flexi-19", key="l"), wish(house, "flexi-16", key="k")
    )
    assert first == twin != other
    assert how_many(house) == 2


def test_false_twins_in_one_batch_are_told_so(house: House) -> None:
    first, false = enter(house, wish(house, "flexi-16", key="k"), wish(house, "flexi-16", key="k", body="other"))
    assert isinstance(first, int)
    assert isinstance(false, KeyReusedError)


def test_the_key_of_a_request_that_failed_may_be_used_for_the_corrected_one(house: House) -> None:
    [failed] = enter(house, wish(house, "salle-9", key="k", body="wrong"))
    [corrected] = enter(house, wish(house, "flexi-16", key="k"))
    assert isinstance(failed, InvalidInputError)
    assert isinstance(corrected, int)


def test_a_key_whose_transaction_was_undone_is_free_again(house: House) -> None:
    with house.book() as db:
        booking.request(db, [wish(house, "flexi-16", key="k")], now=house.now)
        db.rollback()
    [again] = enter(house, wish(house, "flexi-16", key="k"))
    assert isinstance(again, int)
    assert how_many(house) == 1


def test_two_transactions_at_once_with_one_key_make_one_reservation(house: House) -> None:
    """The second waits at the key until the first commits, then answers with what the first made."""
    keys = [f"k{n}" for n in range(10)]
    forward = [wish(house, "flexi-16", key=key) for key in keys]
    with ThreadPoolExecutor(8) as pool:
        # some the other way round: two batches with the same keys must not wait for each other in a circle
        answers = [pool.submit(enter, house, *(forward if n % 2 else forward[::-1])) for n in range(8)]
        results = [answer.result() if n % 2 else answer.result()[::-1] for n, answer in enumerate(answers)]
    assert all(result == results[0] for result in results)
    assert all(isinstance(result, int) for result in results[0])
    assert how_many(house) == 10


def test_somebody_invited_twice_in_one_wish_is_a_mistake_of_the_caller(house: House) -> None:
    """The API refuses it in words; here the database does, and nothing is written."""
    twice = booking.Wish(house.actors["anne"], "Atelier", slot(), (), invitees=(Invitee("a@b.example"),) * 2)
    with pytest.raises(IntegrityError, match="attendee_reservation_id_address_key"):
        enter(house, twice)
    assert how_many(house) == 0
