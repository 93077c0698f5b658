"""The ledger: what leaves was stored before, leaves in order, and leaves again as the same bytes."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from shared.domain.errors import NotFoundError, WrongStateError
from shared.invitations import deliver
from shared.store.base import transaction
from tests.house import House, slot
from tests.post_office import PostOffice

ZOE, YANN = "zoe@college.example", "yann@college.example"
ANNE = "anne@example.org"


def test_the_same_news_to_the_same_person_is_one_line_of_the_ledger(house: House, post: PostOffice) -> None:
    house.confirmed("flexi-16")
    post.announce()
    twice = (
        "INSERT INTO delivery (site_id, reservation_id, announcement_id, uid, sequence, dtstamp, method, recipient,"
        " recipient_name, language, role, not_before, give_up_at, created_at) SELECT site_id, reservation_id,"
        " announcement_id, uid, sequence, dtstamp, method, recipient, recipient_name, language, role, not_before,"
        " give_up_at, created_at FROM delivery RETURNING 1"
    )
    with pytest.raises(IntegrityError):
        house.rows(twice)


def test_the_bytes_are_stored_before_anything_leaves(house: House, post: PostOffice) -> None:
    house.confirmed("flexi-16")
    house.announce()
    [parcel] = post.claim()
    line = post.row(parcel.id)
    assert (bytes(line.message), line.state, line.attempts) == (parcel.message, "sending", 1)
    assert line.subject.startswith("Réservation confirmée")
    with pytest.raises(IntegrityError):
        house.rows("UPDATE delivery SET state = 'committing', message = NULL RETURNING 1")


def test_a_retry_repeats_the_bytes_whatever_changed_meanwhile(house: House, post: PostOffice) -> None:
    mine = house.confirmed("flexi-16")
    house.announce()
    [first] = post.claim()
    _fails(house, first)
    house.change(mine, title="Storyboard")
    house.rows("UPDATE site SET name = 'Un autre Atelier' RETURNING 1")
    house.announce()
    house.passes(seconds=2)

    [second] = post.claim()

    assert (second.message, second.envelope, second.attempts) == (first.message, first.envelope, 2)


def test_news_for_one_person_waits_for_the_older_news_and_nobody_else_waits(house: House, post: PostOffice) -> None:
    mine = house.confirmed("flexi-16", guests=[ZOE])
    house.announce()
    zoe = _claimed(post, ZOE)
    house.cancel(mine)
    house.announce()

    assert [p.envelope.recipient for p in post.claim()] == [ANNE]  # the request of Zoé is leased
    _fails(house, zoe)
    assert post.claim() == []  # it waits out its pause
    house.passes(seconds=2)
    assert [mail.method for mail in post.collect()] == ["REQUEST", "CANCEL"]


@pytest.mark.parametrize("end", [deliver.refused_for_good, None])
def test_news_that_failed_or_died_does_not_hold_up_what_follows(house: House, post: PostOffice, end: object) -> None:
    mine = house.confirmed("flexi-16")
    house.announce()
    [parcel] = post.claim()
    if end is None:
        house.passes(days=2, seconds=1)
        _fails(house, parcel)
    else:
        with house.book() as db:
            deliver.refused_for_good(db, parcel, answer="550 no such user", now=house.now)
    assert post.row(parcel.id).state == ("dead" if end is None else "failed")
    house.cancel(mine)
    house.announce()
    assert [mail.method for mail in post.collect()] == ["CANCEL"]


def test_a_lease_that_ended_before_the_dot_is_simply_taken_over(house: House, post: PostOffice) -> None:
    house.confirmed("flexi-16")
    house.announce()
    [first] = post.claim()
    house.now += deliver.LEASE
    assert post.claim() == []
    house.passes(seconds=1)

    [second] = post.claim()

    assert (second.message, second.envelope) == (first.message, first.envelope)
    assert post.row(first.id).ambiguous_count == 0


def test_a_lease_that_ended_after_the_dot_is_ambiguous_and_repeats_the_bytes(house: House, post: PostOffice) -> None:
    house.confirmed("flexi-16")
    house.announce()
    [first] = post.claim()
    _at_the_dot(house, first)
    house.now += deliver.LEASE + timedelta(seconds=1)
    assert post.claim() == []  # the answer to the dot may still come
    house.now += deliver.COMMITTING_LEASE

    [second] = post.claim()

    assert second.message == first.message
    assert post.row(first.id).ambiguous_count == 1


def test_who_lost_the_lease_may_not_send_the_dot_nor_say_how_it_ended(house: House, post: PostOffice) -> None:
    house.confirmed("flexi-16")
    house.announce()
    [late] = post.claim()
    house.now += deliver.LEASE + timedelta(seconds=1)
    [holder] = post.claim()

    with pytest.raises(deliver.LostLeaseError):
        _at_the_dot(house, late)
    with house.book() as db:
        deliver.refused_for_good(db, late, answer="550 stale news", now=house.now)
        deliver.sent(db, late, answer="250 stale news", now=house.now)
    assert (post.row(late.id).state, post.row(late.id).last_answer) == ("sending", "")
    post.hand_over(holder)
    assert post.row(late.id).state == "sent"


def test_a_mail_that_slept_in_a_worker_is_left_to_another(house: House, post: PostOffice) -> None:
    house.confirmed("flexi-16")
    house.announce()
    [parcel] = post.claim()
    assert deliver.is_fresh(parcel, now=house.now)
    house.passes(seconds=25)
    assert not deliver.is_fresh(parcel, now=house.now)
    house.passes(seconds=25)
    [again] = post.claim()
    assert again.id == parcel.id


def test_nobody_passes_the_dot_twice(house: House, post: PostOffice) -> None:
    house.confirmed("flexi-16")
    house.announce()
    [parcel] = post.claim()
    _at_the_dot(house, parcel)
    with pytest.raises(deliver.LostLeaseError):
        _at_the_dot(house, parcel)


def test_pauses_grow_with_the_wait_until_two_days_are_over(house: House, post: PostOffice) -> None:
    house.confirmed("flexi-16")
    house.announce()
    began, pauses = house.now, []
    while True:
        [parcel] = post.claim()
        _fails(house, parcel, answer="451 later")
        line = post.row(parcel.id)
        if line.state == "dead":
            break
        pauses.append(line.not_before - house.now)
        house.now = line.not_before - timedelta(milliseconds=1)
        assert post.claim() == []
        house.now = line.not_before
    assert pauses == sorted(pauses)
    assert (pauses[0], pauses[-1]) == (timedelta(seconds=2), timedelta(hours=1))
    assert timedelta(days=2) < house.now - began <= timedelta(days=2, hours=1)
    assert (line.state, line.last_answer, line.lease) == ("dead", "451 later", None)
    assert len(pauses) < deliver.MOST_ATTEMPTS


def test_a_final_answer_ends_it_and_shows(house: House, post: PostOffice) -> None:
    house.confirmed("flexi-16")
    house.announce()
    [parcel] = post.claim()
    with house.book() as db:
        deliver.refused_for_good(db, parcel, answer="550 5.1.1 " + "x" * 500 + "\x00", now=house.now)
    house.passes(days=1)
    assert post.claim() == []
    line = post.row(parcel.id)
    assert (line.state, line.last_answer[:9], len(line.last_answer)) == ("failed", "550 5.1.1", 200)


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE delivery SET recipient = 'not an address' WHERE recipient = :who RETURNING 1",
        "UPDATE announcement SET news = '{}' WHERE :who <> '' RETURNING 1",
        "UPDATE announcement SET news = jsonb_set(news, '{told,host,zone}', '\"Mars\"') WHERE :who <> '' RETURNING 1",
    ],
    ids=["its address is none", "an older version wrote its news", "its zone is none"],
)
def test_a_letter_that_cannot_be_written_is_dead_and_holds_up_nobody(
    house: House, post: PostOffice, damage: str
) -> None:
    house.confirmed("flexi-16", guests=[ZOE])
    house.announce()
    house.rows(damage, who=ZOE)
    house.confirmed("flexi-19", at=slot(day=1), guests=[YANN])
    house.announce()

    assert YANN in {mail.recipient for mail in post.collect()}

    dead = house.rows("SELECT recipient, last_answer, attempts FROM delivery WHERE state = 'dead'")
    assert dead
    assert {row.attempts for row in dead} == {1}
    assert all(row.last_answer.startswith("cannot be written: ") for row in dead)
    assert house.rows("SELECT 1 FROM delivery WHERE state IN ('queued', 'sending', 'committing')") == []


def test_what_kills_its_worker_again_and_again_is_dead_at_last(house: House, post: PostOffice) -> None:
    house.confirmed("flexi-16")
    house.announce()
    [parcel] = post.claim()
    house.rows("UPDATE delivery SET attempts = :most RETURNING 1", most=deliver.MOST_ATTEMPTS)
    house.now += deliver.LEASE + timedelta(seconds=1)
    assert post.claim() == []
    line = post.row(parcel.id)
    assert (line.state, line.last_answer) == ("dead", "too many attempts")


@pytest.mark.parametrize("state", ["failed", "dead", "sent"])
def test_what_came_to_an_end_is_sent_again_as_the_same_bytes(house: House, post: PostOffice, state: str) -> None:
    house.confirmed("flexi-16")
    house.announce()
    [parcel] = post.claim()
    house.rows("UPDATE delivery SET state = :state, lease = NULL RETURNING 1", state=state)
    house.passes(days=3)
    _send_again(house, parcel.id)

    [again] = post.claim()

    assert (again.message, again.attempts) == (parcel.message, 1)
    assert again.give_up_at == house.now + deliver.PATIENCE


@pytest.mark.parametrize("state", ["queued", "sending", "committing"])
def test_what_is_on_its_way_is_not_sent_again(house: House, post: PostOffice, state: str) -> None:
    house.confirmed("flexi-16")
    house.announce()
    [parcel] = post.claim()
    house.rows("UPDATE delivery SET state = :state RETURNING 1", state=state)
    with pytest.raises(WrongStateError):
        _send_again(house, parcel.id)


def test_old_news_is_not_sent_again_after_newer_news(house: House, post: PostOffice) -> None:
    mine = house.confirmed("flexi-16")
    first = post.announce()[ANNE]
    house.cancel(mine)
    second = post.announce()[ANNE]
    with pytest.raises(WrongStateError) as refusal:
        _send_again(house, first.delivery)
    assert refusal.value.details["newer"] == second.delivery
    _send_again(house, second.delivery)


def test_an_invitation_may_be_sent_again_after_its_reminder(house: House, post: PostOffice) -> None:
    house.confirmed("flexi-16")
    invitation = post.announce()[ANNE]
    house.now = slot().start - timedelta(hours=20)
    house.remind()
    assert [mail.method for mail in post.collect()] == ["REMINDER"]
    _send_again(house, invitation.delivery)
    assert [mail.message for mail in post.collect()] == [invitation.message]


def test_nobody_sends_again_what_is_not_of_their_site(house: House, post: PostOffice) -> None:
    house.confirmed("flexi-16")
    mail = post.announce()[ANNE]
    with house.book() as db, pytest.raises(NotFoundError):
        deliver.send_again(db, house.site_id + 1, mail.delivery, now=house.now)


def test_many_workers_at_once_never_hold_the_same_mail(house: House) -> None:
    house.confirmed("flexi-16", guests=[f"p{n}@college.example" for n in range(59)])
    house.announce()
    together = threading.Barrier(4)

    def work(_: int) -> list[int]:
        together.wait(10)
        ids: list[int] = []
        while True:
            with transaction() as db:
                parcels = deliver.claim(db, now=house.now, most=5)
            if not parcels:
                return ids
            ids += [parcel.id for parcel in parcels]

    with ThreadPoolExecutor(4) as pool:
        claimed = [id_ for ids in pool.map(work, range(4)) for id_ in ids]
    assert sorted(claimed) == sorted(set(claimed))
    assert len(claimed) == 60


def test_two_claims_in_open_transactions_share_nothing(house: House) -> None:
    house.confirmed("flexi-16", guests=[ZOE])
    house.announce()
    with house.book() as one, house.book() as other:
        first = deliver.claim(one, now=house.now, most=1)
        second = deliver.claim(other, now=house.now, most=10)
    assert len(first) == len(second) == 1
    assert first[0].id != second[0].id


def _claimed(post: PostOffice, recipient: str) -> deliver.Parcel:
    """Everything is claimed; all but the one for that person is handed over."""
    parcels = {parcel.envelope.recipient: parcel for parcel in post.claim()}
    kept = parcels.pop(recipient)
    for parcel in parcels.values():
        post.hand_over(parcel)
    return kept


def _fails(house: House, parcel: deliver.Parcel, answer: str = "451 later") -> None:
    with house.book() as db:
        deliver.try_later(db, parcel, answer=answer, ambiguous=False, now=house.now)


def _at_the_dot(house: House, parcel: deliver.Parcel) -> None:
    with house.book() as db:
        deliver.point_of_no_return(db, parcel, now=house.now)


def _send_again(house: House, delivery: int) -> None:
    with house.book() as db:
        deliver.send_again(db, house.site_id, delivery, now=house.now)
