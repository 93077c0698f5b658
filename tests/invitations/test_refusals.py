"""A refusal is explained to whoever asked, once, with what stands in the way and what is free instead."""

from sqlalchemy import update

from shared.store.people import Person
from tests.house import House, slot
from tests.post_office import PostOffice

ZOE, YANN = "zoe@college.example", "yann@college.example"
ANNE, BASILE = "anne@example.org", "basile@example.org"


def test_only_who_asked_hears_of_a_refusal_with_reason_conflict_and_alternatives(
    house: House, post: PostOffice
) -> None:
    house.confirmed("flexi-16", title="Robotique")
    house.ask("flexi-16", who="basile", title="Storyboard", guests=[ZOE], people=10)
    house.decide()

    mails = post.announce()

    assert {to: mail.method for to, mail in mails.items()} == {ANNE: "REQUEST", BASILE: "REFUSAL"}
    refusal = mails[BASILE]
    assert "Cet espace est déjà réservé à ce moment-là." in refusal.words
    taken = "- Flexi 16 : espace déjà occupé lundi 8 novembre 2027, de 10 h 00 à 13 h 00 (« Robotique »)"
    assert taken in refusal.words
    assert "Ce qui est libre :\n- " in refusal.words
    assert "Flexi 19" in refusal.words.partition("Ce qui est libre")[2]
    assert "text/calendar" not in {part.get_content_type() for part in refusal.parsed.walk()}
    assert refusal.parsed["Auto-Submitted"] == "auto-generated"
    assert refusal.recipient in refusal.parsed["To"]


def test_a_refusal_tells_no_title_that_the_house_keeps_to_itself(house: House, post: PostOffice) -> None:
    house.rule("room", "flexi-16", titles="coordinators")
    house.confirmed("flexi-16", title="Entretien")
    for who in ("basile", "anne"):
        house.decided_as("refused", "flexi-16", who=who)
    refusals = {mail.recipient: mail.words for mail in post.announce_all() if mail.method == "REFUSAL"}
    assert "Flexi 16 : espace déjà occupé" in refusals[BASILE]
    assert "Entretien" not in refusals[BASILE]
    assert "Entretien" in refusals[ANNE]  # her own


def test_a_refusal_speaks_the_language_of_who_asked(house: House, post: PostOffice) -> None:
    with house.book() as db:
        db.execute(update(Person).where(Person.address == BASILE).values(language="en"))
    house.confirmed("flexi-16")
    house.ask("flexi-16", who="basile")
    house.decide()
    words = post.announce()[BASILE].words
    assert words.startswith("Hello Basile,\n")
    assert "This room is already booked at that time." in words


def test_a_refusal_by_a_rule_says_which(house: House, post: PostOffice) -> None:
    house.ask("escapelab", people=30)
    house.decide()
    words = post.announce()[ANNE].words
    assert "Vous attendez 30 personnes, mais il n'y a que 8 places." in words


def test_a_refused_move_says_that_the_old_slot_stays(house: House, post: PostOffice) -> None:
    mine = _refused_move(house, post)

    mails = post.announce()

    assert {to: mail.method for to, mail in mails.items()} == {BASILE: "REFUSAL"}
    kept = "Votre réservation reste comme elle était : lundi 8 novembre 2027, de 15 h 00 à 17 h 00."
    assert kept in mails[BASILE].words
    assert "Créneau demandé : lundi 8 novembre 2027, de 10 h 00 à 13 h 00" in mails[BASILE].words
    assert house.state(mine) == "confirmed"


def test_a_refusal_is_told_once_however_often_the_rest_changes(house: House, post: PostOffice) -> None:
    mine = _refused_move(house, post)
    post.announce()
    house.change(mine, who="basile", title="Storyboard")
    assert {mail.method for mail in post.announce_all()} == {"REQUEST"}
    post.take_off(mine, ZOE, who="basile")
    assert {mail.method for mail in post.announce_all()} == {"CANCEL"}
    post.invite(mine, ZOE, who="basile")  # raises the SEQUENCE above the CANCEL
    assert {mail.method for mail in post.announce_all()} == {"REQUEST"}


def test_each_refusal_of_another_move_is_told(house: House, post: PostOffice) -> None:
    mine = _refused_move(house, post)
    assert len(post.announce()) == 1
    house.passes(minutes=1)
    house.move(mine, slot(10, 11), who="basile")
    house.decide()
    assert [mail.method for mail in post.announce_all()] == ["REFUSAL"]


def test_a_refusal_that_a_granted_move_overtook_is_not_told(house: House, post: PostOffice) -> None:
    mine = _refused_move(house, post)
    house.move(mine, slot(18, 19), who="basile")
    house.decide()
    assert {mail.method for mail in post.announce_all()} == {"REQUEST"}


def test_a_refused_move_of_what_is_cancelled_meanwhile_is_not_told(house: House, post: PostOffice) -> None:
    house.cancel(_refused_move(house, post), who="basile")
    assert {mail.method for mail in post.announce_all()} == {"CANCEL"}


def test_a_partner_learns_when_the_room_is_taken_but_not_what_for(house: House, post: PostOffice) -> None:
    house.confirmed("flexi-16", title="Robotique")
    house.ask("flexi-16", who="pia")
    house.decide()
    words = post.announce()["pia@example.org"].words
    assert "- Flexi 16 : espace déjà occupé lundi 8 novembre 2027, de 10 h 00 à 13 h 00\n" in words
    assert "Robotique" not in words


def _refused_move(house: House, post: PostOffice) -> int:
    """Basile wants the time that Anne has; everybody knows how things stood before."""
    house.confirmed("flexi-16", title="Robotique")
    mine = house.confirmed("flexi-16", who="basile", at=slot(14, 16), guests=[ZOE, YANN])
    post.announce_all()
    house.move(mine, slot(), who="basile")
    house.decide()
    return mine
