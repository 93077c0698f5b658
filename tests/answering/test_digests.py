"""The owner reads in one letter what came back: once it has been quiet, or after an hour."""

from datetime import timedelta

import pytest

from shared.answering import admitting, telephone
from shared.answering.reporting import report_some
from shared.domain.errors import NotAllowedError, NotFoundError, WrongStateError
from shared.itip.incoming import Party
from shared.previewing import undone
from tests.answering.inbound import ANNE, YANN, ZOE, Answers
from tests.house import House, slot
from tests.post_office import PostOffice

LEA = "lea@college.example"


@pytest.fixture
def mine(house: House, post: PostOffice) -> int:
    mine = house.confirmed("flexi-16", guests=[ZOE, YANN])
    post.announce()
    return mine


def hear(house: House, meeting: int, attendee: int, partstat: str = "ACCEPTED", **more: object) -> None:
    who = house.actors[str(more.pop("who", "anne"))]
    heard = telephone.Heard(partstat, **more)  # type: ignore[arg-type]  # its own fields
    with house.book() as db:
        telephone.answer_for(db, meeting, attendee, heard, by=who, now=house.now)


def test_nothing_is_told_before_it_is_quiet_and_then_all_of_it_once(house: House, answers: Answers, mine: int) -> None:
    answers.reply(mine, comment="J'arrive à 10 h.")
    house.passes(minutes=4)
    assert answers.report() == {}
    answers.reply(mine, YANN, "DECLINED")
    house.passes(minutes=4)
    assert answers.report() == {}
    house.passes(minutes=1)
    mails = answers.report()
    assert set(mails) == {ANNE}
    words = mails[ANNE].words
    assert mails[ANNE].method == "NOTICE"
    assert "Réponses reçues (2) :\n" in words
    assert f"- {ZOE} : vient. « J'arrive à 10 h. »" in words
    assert f"- {YANN} : ne vient pas\n" in words
    assert "En tout : 1 oui et 1 non." in words
    house.passes(hours=2)
    assert answers.report() == {}
    assert house.rows("SELECT digest_at, digest_since FROM invitation") == [(None, None)]


def test_who_answers_every_minute_does_not_put_it_off_for_ever(house: House, answers: Answers, mine: int) -> None:
    told = []
    for minute in range(70):
        answers.reply(mine, (ZOE, YANN)[minute % 2], ("ACCEPTED", "DECLINED")[minute // 2 % 2])
        house.passes(minutes=1)
        told += [minute] if answers.report() else []
    assert told == [59]


def test_only_what_is_new_is_told_the_next_time(house: House, answers: Answers, mine: int) -> None:
    answers.reply(mine)
    house.passes(minutes=5)
    answers.report()
    answers.reply(mine, YANN, "TENTATIVE")
    house.passes(minutes=5)
    words = answers.report()[ANNE].words
    assert ZOE not in words
    assert f"- {YANN} : viendra peut-être\n" in words
    assert "En tout : 1 oui et 1 peut-être." in words


def test_a_clock_that_is_behind_hides_no_answer(house: House, answers: Answers, mine: int) -> None:
    answers.reply(mine)
    house.passes(minutes=5)
    answers.report()
    house.passes(seconds=-1)  # another process's clock
    answers.reply(mine, YANN)
    house.passes(minutes=6)
    assert YANN in answers.report()[ANNE].words


def test_two_workers_tell_it_once(house: House, post: PostOffice, answers: Answers, mine: int) -> None:
    answers.reply(mine)
    house.passes(minutes=5)
    with house.book() as one, house.book() as other:
        assert report_some(one, now=house.now) == 1
        assert report_some(other, now=house.now) == 0
    assert len(post.collect()) == 1


def test_a_worker_that_dies_has_told_nothing(house: House, answers: Answers, mine: int) -> None:
    answers.reply(mine)
    house.passes(minutes=5)
    with house.book() as db, undone(db):
        assert report_some(db, now=house.now) == 1
    assert set(answers.report()) == {ANNE}


def test_one_that_cannot_be_told_holds_up_nobody(house: House, post: PostOffice, answers: Answers, mine: int) -> None:
    sound = house.confirmed("flexi-19", guests=[ZOE])
    post.announce()
    for meeting in (mine, sound):
        answers.reply(meeting)
    house.rows("UPDATE invitation SET told = '{}' WHERE reservation_id = :id RETURNING 1", id=mine)
    house.passes(minutes=5)
    assert set(answers.report()) == {ANNE}
    [row] = house.rows("SELECT digest_at FROM invitation WHERE reservation_id = :id", id=mine)
    assert row.digest_at == house.now + timedelta(hours=1)


def test_what_was_cancelled_or_asked_again_meanwhile_is_not_told(
    house: House, post: PostOffice, answers: Answers, mine: int
) -> None:
    answers.reply(mine)
    house.move(mine, slot(14, 16))
    house.decide()
    post.announce()
    house.passes(minutes=5)
    assert answers.report() == {}
    answers.reply(mine)
    house.cancel(mine)
    post.announce()
    house.passes(minutes=5)
    assert answers.report() == {}
    assert house.rows("SELECT FROM invitation WHERE digest_at IS NOT NULL") == []


def test_what_waits_for_the_owner_is_told_with_how_it_is_done(
    house: House, post: PostOffice, answers: Answers, mine: int
) -> None:
    house.confirmed("flexi-16", who="basile", at=slot(14, 17))
    post.announce()
    party = Party(ZOE, partstat="TENTATIVE")
    answers.send(
        ZOE, "COUNTER", answers.component(mine, party, start=slot(14, 17).start, comment="Plutôt l'après-midi")
    )
    answers.send(YANN, "COUNTER", answers.component(mine, Party(YANN, partstat="TENTATIVE"), start=slot(13, 14).start))
    answers.reply(mine, LEA, name="Léa", delegated_from=(YANN,))
    answers.reply(mine, ZOE, sender="zoe@mail.example")
    house.passes(minutes=5)
    words = answers.report()[ANNE].words
    assert "Autres créneaux proposés (2) :\n" in words
    taken = "pas libre (Cet espace est déjà réservé à ce moment-là)"
    assert f"- {ZOE} (n° 1) : lundi 8 novembre 2027, de 15 h 00 à 18 h 00, {taken}. « Plutôt l'après-midi »\n" in words
    assert "(n° 2) : lundi 8 novembre 2027, de 14 h 00 à 17 h 00" in words
    assert "/api/reservations/1/proposals/(n°)/acceptance" in words
    assert f"- Léa <{LEA}> (n° 1) : vient, à la place de {YANN}\n" in words
    assert f"- zoe@mail.example (n° 2) : vient, au nom de {ZOE}\n" in words
    assert "/api/reservations/1/newcomers/(n°)/admission" in words
    with house.book() as db:
        admitting.dismiss(db, mine, 1, by=house.actors["anne"], now=house.now)


def test_an_address_that_no_mail_reaches_is_told(house: House, answers: Answers, mine: int) -> None:
    house.rows(
        "UPDATE attendee SET undeliverable_at = :now, undeliverable_reason = '5.1.1 unknown' "
        "WHERE address = :zoe RETURNING 1",
        now=house.now,
        zoe=ZOE,
    )
    answers.reply(mine, YANN, "DELEGATED", delegated_to=(LEA,))
    house.passes(minutes=5)
    words = answers.report()[ANNE].words
    assert f"arrive (1) :\n- {ZOE} : 5.1.1 unknown\n" in words
    assert f"- {YANN} : envoie {LEA} à sa place\n" in words


def test_an_english_owner_reads_english(house: House, answers: Answers, mine: int) -> None:
    house.rows("UPDATE attendee SET language = 'en' WHERE address = :anne RETURNING 1", anne=ANNE)
    answers.reply(mine, comment="At ten")
    house.passes(minutes=5)
    words = answers.report()[ANNE].words
    assert f"Answers received (1):\n- {ZOE}: will come. “At ten”\n" in words
    assert "So far: 1 yes and 1 without an answer." in words


def test_answers_for_dates_are_told_with_their_dates(house: House, post: PostOffice, answers: Answers) -> None:
    series = house.series("FREQ=WEEKLY;COUNT=3", guests=[ZOE])
    house.decide()
    post.announce()
    head, second, _ = house.dates(series)
    answers.reply(head.id)
    answers.reply(head.id, ZOE, "DECLINED", recurrence_id=second.recurs_at)
    house.passes(minutes=5)
    words = answers.report()[ANNE].words
    assert f"- {ZOE} : vient\n- {ZOE} : ne vient pas, pour la date du mardi 16 novembre 2027 à 14 h 00\n" in words
    assert "chaque mardi, de 14 h à 16 h" in words


def test_a_long_list_is_counted_at_its_end(house: House, post: PostOffice, answers: Answers) -> None:
    mine = house.confirmed("flexi-36", guests=[f"p{n:03}@college.example" for n in range(250)])
    post.announce()
    answers.reply(mine, "p000@college.example")
    house.rows("UPDATE attendee SET partstat = 'ACCEPTED', answered_at = :now RETURNING 1", now=house.now)
    house.passes(minutes=5)
    words = answers.report()[ANNE].words
    assert "- et 50 autres réponses\n" in words
    assert "En tout : 250 oui." in words


def test_an_answer_by_telephone_is_noted(house: House, answers: Answers, mine: int) -> None:
    zoe = answers.of(mine).id
    early = answers.component(mine, Party(ZOE, partstat="DECLINED"), dtstamp=house.now - timedelta(minutes=5))
    hear(house, mine, zoe, comment="Au téléphone")
    assert (answers.of(mine).partstat, answers.of(mine).comment) == ("ACCEPTED", "Au téléphone")
    assert answers.send(ZOE, "REPLY", early).code == "stale"
    house.passes(seconds=2)
    assert answers.reply(mine, ZOE, "TENTATIVE").code == "answered"
    assert house.history(mine)[-2:] == ["AnswerNoted", "AttendeeAnswered"]


def test_what_a_coordinator_notes_is_told_and_what_the_owner_notes_is_not(
    house: House, answers: Answers, mine: int
) -> None:
    hear(house, mine, answers.of(mine).id)
    assert house.rows("SELECT digest_at FROM invitation") == [(None,)]
    hear(house, mine, answers.of(mine, YANN).id, "DECLINED", who="claire")
    house.passes(minutes=5)
    assert YANN in answers.report()[ANNE].words


def test_an_answer_to_one_date_is_noted_for_that_date(house: House, post: PostOffice, answers: Answers) -> None:
    series = house.series("FREQ=WEEKLY;COUNT=3", guests=[ZOE])
    house.decide()
    post.announce()
    head, second, _ = house.dates(series)
    hear(house, second.id, answers.of(head.id).id, "DECLINED", only_this_date=True)
    assert (answers.partstat(head.id), answers.dates(head.id)) == ("NEEDS-ACTION", {second.recurs_at: "DECLINED"})
    hear(house, second.id, answers.of(head.id).id, "ACCEPTED")
    assert answers.partstat(head.id) == "ACCEPTED"


def test_an_answer_is_noted_by_whom_the_meeting_is(house: House, post: PostOffice, answers: Answers, mine: int) -> None:
    zoe = answers.of(mine).id
    with pytest.raises(NotAllowedError):
        hear(house, mine, zoe, who="basile")
    with pytest.raises(NotFoundError):
        hear(house, mine, 99)
    with pytest.raises(NotFoundError):
        hear(house, 99, zoe)
    with pytest.raises(WrongStateError):
        hear(house, mine, zoe, only_this_date=True)
    other = house.confirmed("flexi-19")
    with pytest.raises(WrongStateError):
        hear(house, other, zoe)
    post.announce()
    with pytest.raises(NotFoundError):
        hear(house, other, zoe)
    house.cancel(mine)
    with pytest.raises(WrongStateError):
        hear(house, mine, zoe)
