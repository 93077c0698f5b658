"""Letters beside the calendar: what is held, awaits somebody, waits in line or came to its end, each told once."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from shared.store.people import Person, Role, Token
from tests.house import House, slot
from tests.post_office import Mail, PostOffice

ZOE = "zoe@college.example"
ANNE, BASILE, CLAIRE = "anne@example.org", "basile@example.org", "claire@example.org"
CONTACT = "contact@atelier.example"


@pytest.fixture(autouse=True)
def letterbox(house: House) -> None:
    """Where the site itself reads its mail."""
    house.rows("UPDATE site SET contact_address = :address RETURNING 1", address=CONTACT)


@pytest.fixture
def held(house: House) -> int:
    """Anne's request for longer than the house allows: it awaits approval."""
    house.rule(longest_minutes=60, who_may_exceed=["everybody"])
    return house.decided_as("tentative", "flexi-16", title="Storyboard", guests=[ZOE], people=12)


def kinds(mails: list[Mail]) -> list[tuple[str, str]]:
    """Who got a letter with which first words of its subject."""
    return sorted((mail.recipient, str(mail.parsed["Subject"]).partition("\u00a0:")[0]) for mail in mails)


def test_what_awaits_approval_is_told_to_its_owner_and_to_who_decides(post: PostOffice, held: int) -> None:
    mails = post.announce()
    assert {to: mail.method for to, mail in mails.items()} == {ANNE: "NOTICE", CLAIRE: "NOTICE"}
    owner, coordinator = mails[ANNE].words, mails[CLAIRE].words
    assert "Votre demande pour « Storyboard » est bien notée" in owner
    assert "Réponse au plus tard : mardi 12 octobre 2027 à 2 h 00" in owner
    assert "la demande expirera" in owner
    assert "Anne souhaite réserver pour « Storyboard » et attend votre décision." in coordinator
    assert "Demandé par : Anne (anne@example.org)" in coordinator
    assert "Personnes : 12\n" in coordinator
    assert f"Référence : {held}\n" in coordinator
    for words in (owner, coordinator):
        assert "Pourquoi une validation est nécessaire :\n- " in words
    assert "text/calendar" not in {part.get_content_type() for part in mails[ANNE].parsed.walk()}
    assert mails[CLAIRE].parsed["Reply-To"].endswith("<anne@example.org>")


def test_a_notice_is_written_once_however_often_somebody_looks(house: House, post: PostOffice, held: int) -> None:
    assert len(post.announce()) == 2
    house.rows("UPDATE reservation SET unannounced_since = now() RETURNING 1")
    assert post.announce() == {}
    house.change(held, title="Storyboard et son")
    assert post.announce() == {}


def test_who_decides_hears_when_what_they_decide_on_moves(house: House, post: PostOffice, held: int) -> None:
    post.announce()
    house.move(held, slot(14, 17))
    house.decide()
    mails = post.announce()
    assert set(mails) == {ANNE, CLAIRE}
    assert "de 15 h 00 à 18 h 00" in mails[CLAIRE].words


@pytest.mark.usefixtures("held")
def test_without_a_coordinator_the_site_itself_is_written_to(house: House, post: PostOffice) -> None:
    with house.book() as db:
        db.execute(update(Token).where(Token.role == "coordinator").values(revoked_at=house.now))
    mails = post.announce()
    assert set(mails) == {ANNE, CONTACT}
    assert mails[CONTACT].words.startswith("Bonjour,\n")


@pytest.mark.usefixtures("held")
def test_a_coordinator_with_two_tokens_gets_one_letter(house: House, post: PostOffice) -> None:
    _make_coordinator(house, "claire")
    assert set(post.announce()) == {ANNE, CLAIRE}


@pytest.mark.usefixtures("held")
def test_who_asks_and_decides_gets_both_letters(house: House, post: PostOffice) -> None:
    _make_coordinator(house, "anne")
    mails = [mail for mail in post.announce_all() if mail.recipient == ANNE]
    assert kinds(mails) == [(ANNE, "Demande en attente"), (ANNE, "À valider")]


def test_nobody_is_invited_before_it_is_approved(house: House, post: PostOffice, held: int) -> None:
    post.announce()
    house.approve(held)
    mails = post.announce()
    assert {to: mail.method for to, mail in mails.items()} == {ANNE: "REQUEST", ZOE: "REQUEST"}


def test_approving_one_never_mails_anybody_else(house: House, post: PostOffice, held: int) -> None:
    """Neither whoever waits for the same room, nor whoever awaits approval as well, nor who decides."""
    house.decided_as("tentative", "flexi-19", who="basile")
    house.decided_as("waitlisted", "flexi-16", who="pia", at=slot(9, 10), on_conflict="wait")
    post.announce_all()
    house.approve(held)
    house.decide()
    house.run_timers()
    assert {mail.recipient for mail in post.announce_all()} == {ANNE, ZOE}


def test_a_no_comes_with_the_words_of_the_coordinator(house: House, post: PostOffice, held: int) -> None:
    post.announce()
    house.decline(held, "C'est la semaine du festival.")
    mails = post.announce()
    assert {to: mail.method for to, mail in mails.items()} == {ANNE: "REFUSAL"}
    assert "Le mot de la coordination :\n  C'est la semaine du festival." in mails[ANNE].words
    assert "Pourquoi" not in mails[ANNE].words
    house.rows("UPDATE reservation SET unannounced_since = now() RETURNING 1")
    assert post.announce() == {}


@pytest.mark.usefixtures("held")
def test_who_decides_is_reminded_and_the_site_hears_when_nobody_does(house: House, post: PostOffice) -> None:
    post.announce()
    house.passes(hours=24)
    house.run_timers()
    assert kinds(post.collect()) == [(CLAIRE, "Toujours à valider")]
    house.passes(hours=24)
    house.run_timers()
    assert kinds(post.collect()) == [(CLAIRE, "Toujours à valider"), (CONTACT, "Toujours à valider")]
    house.passes(hours=24)
    house.run_timers()
    assert kinds(post.announce_all()) == [(ANNE, "Demande expirée")]


@pytest.mark.usefixtures("held")
def test_a_site_whose_address_is_a_coordinator_s_is_written_to_once(house: House, post: PostOffice) -> None:
    house.rows("UPDATE site SET contact_address = 'Claire@example.org' RETURNING 1")
    post.announce()
    house.passes(hours=48)
    house.run_timers()
    assert [mail.recipient for mail in post.collect()] == [CLAIRE, CLAIRE]  # reminded, and escalated


def test_an_option_is_told_reminded_of_and_ends(house: House, post: PostOffice) -> None:
    house.decided_as("tentative", "flexi-16", guests=[ZOE], option_until=house.now + timedelta(days=7))
    mails = post.announce()
    assert set(mails) == {ANNE}
    assert "les espaces sont retenus pour vous jusqu'au samedi 16 octobre 2027 à 2 h 00" in _plain(mails[ANNE])
    house.passes(days=6)
    house.run_timers()
    assert kinds(post.collect()) == [(ANNE, "Option à confirmer")]
    house.passes(days=1)
    house.run_timers()
    assert kinds(post.announce_all()) == [(ANNE, "Option expirée")]


def test_an_option_that_is_confirmed_is_an_invitation(house: House, post: PostOffice) -> None:
    option = house.decided_as("tentative", "flexi-16", guests=[ZOE], option_until=house.now + timedelta(days=7))
    post.announce()
    house.confirm(option)
    assert {to: mail.method for to, mail in post.announce().items()} == {ANNE: "REQUEST", ZOE: "REQUEST"}


def test_an_approved_option_is_told_as_one(house: House, post: PostOffice) -> None:
    house.rule(who_may_book=[], who_may_request=["everybody"])
    option = house.decided_as("tentative", "flexi-16", option_until=house.now + timedelta(days=7))
    post.announce_all()
    house.approve(option)
    assert kinds(post.announce_all()) == [(ANNE, "Option posée")]


def test_who_waits_knows_their_place_and_gets_an_invitation_when_it_is_their_turn(
    house: House, post: PostOffice
) -> None:
    mine = house.confirmed("flexi-16")
    house.decided_as("waitlisted", "flexi-16", who="claire", on_conflict="wait")
    house.decided_as("waitlisted", "flexi-16", who="basile", on_conflict="wait")
    mails = {mail.recipient: mail for mail in post.announce_all()}
    assert mails[BASILE].method == "NOTICE"
    assert "Place sur la liste : 2e\n" in mails[BASILE].words
    assert "ils sont réservés pour vous" in mails[BASILE].words
    assert "Place sur la liste : 1re\n" in mails[CLAIRE].words
    house.cancel(mine)
    house.decide()
    assert {mail.recipient: mail.method for mail in post.announce_all()} == {ANNE: "CANCEL", CLAIRE: "REQUEST"}


def test_an_offer_is_told_and_ends(house: House, post: PostOffice) -> None:
    house.rule(waiting_list={"mode": "offer", "offer_hours": 12})
    mine = house.confirmed("flexi-16")
    house.decided_as("waitlisted", "flexi-16", who="basile", on_conflict="wait")
    assert "nous vous les proposons" in _plain(post.announce()[BASILE])
    house.cancel(mine)
    house.decide()
    offer = post.announce()[BASILE]
    assert "À confirmer au plus tard : samedi 9 octobre 2027 à 14 h 00" in offer.words
    house.passes(hours=12)
    house.run_timers()
    assert kinds(post.announce_all()) == [(BASILE, "Proposition expirée")]


def test_a_wait_that_ends_in_nothing_is_told(house: House, post: PostOffice) -> None:
    house.confirmed("flexi-16")
    house.decided_as("waitlisted", "flexi-16", who="basile", on_conflict="wait")
    post.announce()
    house.passes(days=30, hours=9)
    house.run_timers()
    assert kinds(post.announce_all()) == [(BASILE, "Fin de l\u2019attente")]


@pytest.mark.parametrize("hold", ["approval", "option", "waitlist"])
def test_who_gives_their_own_request_back_hears_nothing(house: House, post: PostOffice, hold: str) -> None:
    mine = _held_for(house, hold)
    post.announce_all()
    house.cancel(mine)
    assert post.announce() == {}


@pytest.mark.parametrize("hold", ["approval", "option", "waitlist"])
def test_what_a_coordinator_takes_back_is_told_to_its_owner_alone(house: House, post: PostOffice, hold: str) -> None:
    mine = _held_for(house, hold)
    post.announce_all()
    house.cancel(mine, who="claire", reason="Les travaux durent.")
    mails = post.announce()
    assert {to: mail.method for to, mail in mails.items()} == {ANNE: "NOTICE"}
    assert "La coordination a annulé votre demande" in mails[ANNE].words
    assert "Les travaux durent." in mails[ANNE].words
    house.rows("UPDATE reservation SET unannounced_since = now() RETURNING 1")
    assert post.announce() == {}


def test_what_passed_before_anybody_was_told_is_not_told(house: House, post: PostOffice, held: int) -> None:
    house.approve(held)
    assert {mail.method for mail in post.announce_all()} == {"REQUEST"}
    withdrawn = house.decided_as("tentative", "flexi-19")
    house.cancel(withdrawn, who="claire")
    assert post.announce() == {}


def test_a_refused_move_of_what_is_held_says_that_it_stays_as_it_is(house: House, post: PostOffice, held: int) -> None:
    house.confirmed("flexi-16", who="claire", at=slot(14, 15))
    post.announce_all()
    house.move(held, slot(13, 16))
    house.decide()
    [mail] = post.announce_all()
    assert (mail.recipient, mail.method) == (ANNE, "REFUSAL")
    assert "Votre réservation reste comme elle était : lundi 8 novembre 2027, de 10 h 00 à 13 h 00." in mail.words


@pytest.mark.usefixtures("held")
def test_each_reads_their_own_language(house: House, post: PostOffice) -> None:
    with house.book() as db:
        db.execute(update(Person).where(Person.address == CLAIRE).values(language="en"))
    mails = post.announce()
    assert "Anne would like to book for “Storyboard” and awaits your decision." in mails[CLAIRE].words
    assert mails[ANNE].words.startswith("Bonjour Anne,")


def _make_coordinator(house: House, who: str) -> None:
    """With one more token than they have."""
    with house.book() as db:
        person = db.get_one(Person, house.actors[who].person_id)
        Token.issue(db, person, Role.COORDINATOR, label="at home", now=house.now)


def _held_for(house: House, hold: str) -> int:
    if hold == "approval":
        house.rule(who_may_book=["coordinators"], who_may_request=["everybody"])
        return house.decided_as("tentative", "flexi-16", guests=[ZOE])
    if hold == "option":
        return house.decided_as("tentative", "flexi-16", guests=[ZOE], option_until=house.now + timedelta(days=7))
    house.confirmed("flexi-16", who="basile")
    return house.decided_as("waitlisted", "flexi-16", guests=[ZOE], on_conflict="wait")


def _plain(mail: Mail) -> str:
    return mail.words.replace("\u2019", "'")
