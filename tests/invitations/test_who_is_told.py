"""Who hears of what: everybody once for each thing that is new to them, and nobody else."""

from services.api.schemas import NewAttendee
from services.commands import words
from shared.invitations.announce import announce_some
from shared.programme import Meeting, Plan, call_off, change_place, register
from shared.store.attendees import Invitee
from shared.store.programme import Activity, Session
from tests.house import House, slot
from tests.post_office import PostOffice

ZOE, YANN = "zoe@college.example", "yann@college.example"
ANNE = "anne@example.org"


def test_a_confirmed_reservation_invites_its_owner_and_each_attendee(house: House, post: PostOffice) -> None:
    house.confirmed("flexi-16", guests=[ZOE, YANN])

    mails = post.announce()

    assert set(mails) == {ANNE, ZOE, YANN}
    assert {(mail.method, mail.sequence) for mail in mails.values()} == {("REQUEST", 0)}
    assert mails[ANNE].attendees[ANNE]["ROLE"] == "CHAIR"
    assert mails[ZOE].attendees[ZOE]["ROLE"] == "REQ-PARTICIPANT"


def test_nobody_hears_of_a_request_that_is_not_decided(house: House, post: PostOffice) -> None:
    house.ask("flexi-16", guests=[ZOE])
    assert post.announce() == {}


def test_who_asks_is_the_chair_also_when_they_put_themselves_on_the_list(house: House, post: PostOffice) -> None:
    house.confirmed("flexi-16", guests=[ANNE])
    assert post.announce()[ANNE].attendees[ANNE]["ROLE"] == "CHAIR"


def test_the_partner_of_an_activity_is_invited_to_its_sessions(house: House, post: PostOffice) -> None:
    _register(house, Meeting(slot(), resources=("flexi-16",), invitees=(Invitee(ZOE),)), partner="Plan Séquence")
    assert set(post.announce()) == {ANNE, ZOE, "pia@example.org"}


def test_the_trainers_of_a_reservation_are_invited_and_freed_with_it(house: House, post: PostOffice) -> None:
    """Basile can be booked like a room: he hears of it, and hears no more of it once a move does without him."""
    basile = house.trainer("basile")
    reservation_id = house.confirmed("flexi-16", basile)
    assert set(post.announce()) == {ANNE, "basile@example.org"}

    house.move(reservation_id, slot(14, 16), "flexi-16")
    house.decide()
    mails = post.announce()
    assert {address: mail.method for address, mail in mails.items()} == {
        ANNE: "REQUEST",
        "basile@example.org": "CANCEL",
    }


def test_who_is_invited_again_is_asked_anew(house: House, post: PostOffice) -> None:
    reservation_id = house.confirmed("flexi-16", guests=[ZOE])
    post.announce()
    post.answer(reservation_id, ZOE, "ACCEPTED")
    post.take_off(reservation_id, ZOE)
    post.announce()
    post.invite(reservation_id, ZOE)
    assert post.answers(reservation_id) == {"NEEDS-ACTION"}


def test_a_partner_in_two_spellings_is_invited_once_under_the_name_given_here(house: House, post: PostOffice) -> None:
    house.rows("UPDATE organisation SET contact_address = 'Pia@Example.ORG' RETURNING 1")
    pia = Invitee("pia@EXAMPLE.org", "Pia, pour l'atelier")
    _register(house, Meeting(slot(), resources=("flexi-16",), invitees=(pia,)), partner="Plan Séquence")

    mails = post.announce_all()

    assert sorted(mail.recipient for mail in mails) == [ANNE, "pia@example.org"]
    [mail] = [mail for mail in mails if mail.recipient != ANNE]
    assert mail.attendees["pia@example.org"]["CN"] == "Pia, pour l'atelier"


def test_the_owner_stands_on_the_list_once(house: House, post: PostOffice) -> None:
    house.confirmed("flexi-16", guests=[ANNE, ZOE])
    lists = [[a for a in mail.attendees if a == ANNE] for mail in post.announce_all()]
    assert lists == [[ANNE], [ANNE]]


def test_a_person_in_two_spellings_of_an_accented_domain_is_one_attendee(house: House, post: PostOffice) -> None:
    at_the_desk, in_the_form = "Anne@XN--canop-fsa.example", "ANNE@Canopé.example"
    house.rows("UPDATE person SET address = :a WHERE name = 'Anne' RETURNING 1", a=words.address(at_the_desk))
    house.confirmed("flexi-16", guests=[NewAttendee(address=in_the_form).address])
    [mail] = post.announce_all()
    people = {address for address, who in mail.attendees.items() if who["CUTYPE"] == "INDIVIDUAL"}
    assert people == {"anne@xn--canop-fsa.example"}
    assert mail.attendees["anne@xn--canop-fsa.example"]["ROLE"] == "CHAIR"


def test_a_second_announcement_finds_nothing_new(house: House, post: PostOffice) -> None:
    mine = house.confirmed("flexi-16", guests=[ZOE])
    post.announce()
    house.rows("UPDATE reservation SET unannounced_since = now() WHERE id = :id RETURNING 1", id=mine)
    assert post.announce() == {}


def test_a_person_added_later_is_the_only_one_who_gets_mail(house: House, post: PostOffice) -> None:
    mine = house.confirmed("flexi-16", guests=[ZOE])
    post.announce()
    post.invite(mine, YANN)
    mails = post.announce()
    assert {to: (mail.method, mail.sequence) for to, mail in mails.items()} == {YANN: ("REQUEST", 0)}


def test_a_person_taken_off_is_the_only_one_who_gets_a_cancel(house: House, post: PostOffice) -> None:
    mine = house.confirmed("flexi-16", guests=[ZOE, YANN])
    post.announce()
    post.take_off(mine, ZOE)

    mails = post.announce()

    assert {to: (mail.method, mail.sequence) for to, mail in mails.items()} == {ZOE: ("CANCEL", 1)}
    assert mails[ZOE].event["STATUS"] == "CANCELLED"
    assert "Le rendez-vous aura bien lieu" in mails[ZOE].words


def test_who_is_invited_again_gets_a_request_above_the_cancel(house: House, post: PostOffice) -> None:
    mine = house.confirmed("flexi-16", guests=[ZOE, YANN])
    post.announce()
    post.take_off(mine, ZOE)
    cancel = post.announce()[ZOE]
    post.invite(mine, ZOE)

    mails = post.announce()

    assert set(mails) == {ZOE}
    assert mails[ZOE].method == "REQUEST"
    assert mails[ZOE].sequence > cancel.sequence
    assert mails[ZOE].dtstamp > cancel.dtstamp


def test_who_is_taken_off_twice_gets_a_cancel_above_the_second_request(house: House, post: PostOffice) -> None:
    mine = house.confirmed("flexi-16", guests=[ZOE])
    post.announce()
    sequences = []
    for change in (post.take_off, post.invite, post.take_off, post.invite):
        change(mine, ZOE)
        [mail] = post.announce_all()
        sequences.append(mail.sequence)
    assert sequences == sorted(set(sequences))


def test_who_is_taken_off_before_being_told_gets_no_mail(house: House, post: PostOffice) -> None:
    mine = house.confirmed("flexi-16", guests=[ZOE, YANN])
    post.take_off(mine, ZOE)
    assert set(post.announce()) == {ANNE, YANN}
    post.invite(mine, "late@college.example")
    post.take_off(mine, "late@college.example")
    assert post.announce() == {}


def test_who_is_taken_off_and_put_back_in_between_gets_no_mail(house: House, post: PostOffice) -> None:
    mine = house.confirmed("flexi-16", guests=[ZOE])
    post.announce()
    post.take_off(mine, ZOE)
    post.invite(mine, ZOE)
    assert post.announce() == {}


def test_who_is_taken_off_as_it_moves_is_told_of_the_meeting_they_know(house: House, post: PostOffice) -> None:
    mine = house.confirmed("flexi-16", guests=[ZOE, YANN])
    post.announce()
    house.move(mine, slot(14, 16))
    house.decide()
    post.take_off(mine, ZOE)

    mails = post.announce()

    assert {to: mail.method for to, mail in mails.items()} == {ANNE: "REQUEST", YANN: "REQUEST", ZOE: "CANCEL"}
    assert mails[ZOE].event.decoded("DTSTART") == slot().start
    assert mails[ZOE].sequence > mails[YANN].sequence


def test_a_cancellation_tells_everybody_who_was_told(house: House, post: PostOffice) -> None:
    mine = house.confirmed("flexi-16", guests=[ZOE, YANN])
    post.announce()
    post.take_off(mine, YANN)  # not told yet: told now, with the others
    house.cancel(mine)

    mails = post.announce()

    assert {to: (mail.method, mail.sequence) for to, mail in mails.items()} == dict.fromkeys(
        (ANNE, ZOE, YANN), ("CANCEL", 1)
    )
    assert "est annulé" in mails[ZOE].words
    assert post.announce() == {}


def test_what_is_cancelled_before_anybody_was_told_makes_no_mail(house: House, post: PostOffice) -> None:
    house.cancel(house.confirmed("flexi-16", guests=[ZOE]))
    house.cancel(house.ask("flexi-19", guests=[ZOE]))
    house.decide()
    assert post.announce() == {}


def test_a_cancelled_activity_cancels_each_of_its_sessions(house: House, post: PostOffice) -> None:
    meetings = [Meeting(slot(day=day), resources=("flexi-16",), invitees=(Invitee(ZOE),)) for day in range(3)]
    activity = _register(house, *meetings)
    invited = post.announce_all()
    with house.book() as db:
        call_off(db, db.merge(activity), reason="", by=house.actors["anne"], now=house.now)

    cancelled = post.announce_all()

    assert [mail.method for mail in cancelled] == ["CANCEL"] * 6
    assert {str(mail.event["UID"]) for mail in cancelled} == {str(mail.event["UID"]) for mail in invited}


def test_a_session_online_moves_to_another_address_in_words(house: House, post: PostOffice) -> None:
    _register(house, Meeting(slot(), place="online", where="https://visio.example/a", invitees=(Invitee(ZOE),)))
    first = post.announce()[ZOE]
    with house.book() as db:
        session = db.get_one(Session, 1)
        change_place(db, session, "https://visio.example/b", by=house.actors["anne"], now=house.now)

    second = post.announce()[ZOE]

    assert (first.event["LOCATION"], second.event["LOCATION"]) == ("https://visio.example/a", "https://visio.example/b")
    assert (first.sequence, second.sequence) == (0, 1)


def test_one_change_that_cannot_be_announced_holds_up_nobody(house: House, post: PostOffice) -> None:
    broken, sound = house.confirmed("flexi-16"), house.confirmed("flexi-19", guests=[ZOE])
    post.announce_all()
    [[told]] = house.rows("SELECT told::text FROM invitation WHERE reservation_id = :id", id=broken)
    house.rows("UPDATE invitation SET told = '{}' WHERE reservation_id = :id RETURNING 1", id=broken)
    for reservation in (broken, sound):
        house.passes(seconds=1)
        house.change(reservation, title="Storyboard")

    assert set(post.announce()) == {ANNE, ZOE}

    told_again = "UPDATE invitation SET told = CAST(:told AS jsonb) WHERE reservation_id = :id RETURNING 1"
    house.rows(told_again, told=told, id=broken)
    assert set(post.announce()) == {ANNE}


def test_two_announcers_at_once_write_everything_once(house: House, post: PostOffice) -> None:
    for room in ("flexi-16", "flexi-19"):
        house.confirmed(room, guests=[ZOE])
    with house.book() as one, house.book() as other:
        assert announce_some(one, now=house.now, most=1) == 1
        assert announce_some(other, now=house.now) == 1
    house.announce()
    assert sorted(mail.recipient for mail in post.collect()) == [ANNE, ANNE, ZOE, ZOE]


def test_the_correlation_id_of_the_change_reaches_its_deliveries(house: House, post: PostOffice) -> None:
    mine = house.confirmed("flexi-16", guests=[ZOE])
    post.announce()
    house.change(mine, who="claire", title="Atelier corrigé")
    house.announce()
    assert {p.correlation_id for p in post.claim()} == {"test-claire"}
    rows = house.rows("SELECT correlation_id FROM event WHERE type = 'InvitationsQueued' ORDER BY id")
    assert [row.correlation_id for row in rows] == ["test-anne", "test-claire"]


def test_two_thousand_attendees_are_told_within_a_statement_and_claimed_in_pieces(
    house: House, post: PostOffice
) -> None:
    house.confirmed("flexi-36", guests=[f"p{n}@college.example" for n in range(2000)], people=2)
    with house.book() as db:
        db.connection().exec_driver_sql("SET LOCAL statement_timeout = '3s'")
        announce_some(db, now=house.now)
    [[count]] = house.rows("SELECT count(*) FROM delivery WHERE state = 'queued'")
    assert count == 2001
    assert len(post.claim(50)) == len(post.claim(50)) == 50
    [[left]] = house.rows("SELECT count(*) FROM delivery WHERE state = 'queued'")
    assert left == 1901


def _register(house: House, *meetings: Meeting, partner: str | None = None) -> Activity:
    plan = Plan("lab", "Maquillage", partner=partner, meetings=meetings)
    with house.book() as db:
        activity = register(db, plan, by=house.actors["anne"], now=house.now)
    house.decide()
    return activity
