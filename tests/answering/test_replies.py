"""REPLY to one meeting: whose answer is taken, to which question, and what is ignored."""

from datetime import timedelta

import pytest

from shared.itip.incoming import Incoming, Party, Scheduling
from tests.answering.inbound import ANNE, YANN, ZOE, Answers
from tests.house import House, slot
from tests.post_office import PostOffice

BOSS, SECRETARY = "boss@college.example", "secretary@college.example"


@pytest.fixture
def mine(house: House, post: PostOffice) -> int:
    """A meeting of Anne's to which Zoé and Yann are invited, and know it."""
    mine = house.confirmed("flexi-16", guests=[ZOE, YANN])
    post.announce()
    return mine


@pytest.mark.parametrize("partstat", ["ACCEPTED", "DECLINED", "TENTATIVE"])
def test_an_answer_is_kept_with_its_time_and_comment(house: House, answers: Answers, mine: int, partstat: str) -> None:
    outcome = answers.reply(mine, ZOE, partstat, comment="J'arrive à 10 h.\r\n")
    assert (outcome.code, outcome.details["reservation"]) == ("answered", mine)
    zoe = answers.of(mine)
    assert (zoe.partstat, zoe.comment, zoe.answered_at) == (partstat, "J'arrive à 10 h.", house.now)
    assert answers.partstat(mine, YANN) == "NEEDS-ACTION"
    [row] = house.rows("SELECT data, source FROM event WHERE type = 'AttendeeAnswered'")
    assert row.data == {"attendee_id": zoe.id, "partstat": partstat, "recurs_at": ""}
    assert row.source.startswith("mail ")
    assert house.rows("SELECT FROM calendar_mark WHERE reservation_id = :id", id=mine)  # subscribers see how many come


def test_the_sender_is_the_same_in_capitals(answers: Answers, mine: int) -> None:
    assert answers.reply(mine, ZOE, sender="Zoe@College.Example").code == "answered"
    assert answers.partstat(mine) == "ACCEPTED"


def test_what_a_mail_says_of_others_is_hearsay(answers: Answers, mine: int) -> None:
    component = answers.component(
        mine, Party(YANN, partstat="DECLINED"), Party(ZOE, partstat="ACCEPTED"), Party(ANNE, partstat="DECLINED")
    )
    assert answers.send(ZOE, "REPLY", component).code == "answered"
    assert (answers.partstat(mine), answers.partstat(mine, YANN)) == ("ACCEPTED", "NEEDS-ACTION")
    forged = answers.component(mine, Party(YANN, partstat="DECLINED"))
    assert answers.send(ZOE, "REPLY", forged).code == "not_the_sender"
    assert answers.partstat(mine, YANN) == "NEEDS-ACTION"


def test_no_answer_is_none(house: House, answers: Answers, mine: int) -> None:
    answers.reply(mine)
    assert answers.reply(mine, ZOE, "NEEDS-ACTION").code == "no_answer"
    assert answers.reply(mine, ZOE, "X-PERHAPS").code == "no_answer"
    assert answers.partstat(mine) == "ACCEPTED"
    assert house.history(mine).count("AttendeeAnswered") == 1


def test_who_changes_their_mind_is_believed_and_the_last_word_counts(answers: Answers, mine: int) -> None:
    first = answers.component(mine, Party(ZOE, partstat="ACCEPTED"))
    assert answers.send(ZOE, "REPLY", first).code == "answered"
    assert answers.reply(mine, ZOE, "DECLINED").code == "answered"
    assert answers.send(ZOE, "REPLY", first).code == "stale"
    assert answers.partstat(mine) == "DECLINED"


def test_the_same_answer_twice_is_one(house: House, answers: Answers, mine: int) -> None:
    component = answers.component(mine, Party(ZOE, partstat="ACCEPTED"))
    assert [answers.send(ZOE, "REPLY", component).code for _ in range(2)] == ["answered", "already_known"]
    assert answers.reply(mine).code == "already_known"  # said once more, later: nothing new
    assert house.history(mine).count("AttendeeAnswered") == 1


def test_an_answer_without_a_time_counts_from_when_it_came(house: House, answers: Answers, mine: int) -> None:
    assert answers.reply(mine, ZOE, "ACCEPTED", dtstamp=None).code == "answered"
    house.passes(seconds=2)
    assert answers.reply(mine, ZOE, "DECLINED", dtstamp=None).code == "answered"


def test_a_clock_that_is_years_ahead_silences_nobody(house: House, answers: Answers, mine: int) -> None:
    assert answers.reply(mine, ZOE, "ACCEPTED", dtstamp=house.now + timedelta(days=4000)).code == "answered"
    house.passes(minutes=1)
    assert answers.reply(mine, ZOE, "DECLINED").code == "answered"
    assert answers.partstat(mine) == "DECLINED"


def test_another_address_answers_once_it_is_known_to_be_theirs(answers: Answers, mine: int) -> None:
    gmail = "zoe.martin@mail.example"
    answers.register(gmail, ZOE)
    assert answers.reply(mine, gmail, "ACCEPTED").code == "answered"
    assert answers.reply(mine, ZOE, "TENTATIVE", sender=gmail).code == "answered"
    assert answers.partstat(mine) == "TENTATIVE"


def test_a_secretary_answers_only_for_whom_that_is_registered(house: House, post: PostOffice, answers: Answers) -> None:
    mine = house.confirmed("flexi-16", guests=[BOSS, SECRETARY])
    post.announce()
    assert answers.reply(mine, BOSS, sender=SECRETARY, sent_by=SECRETARY).code == "not_the_sender"
    answers.register(SECRETARY, BOSS)
    assert answers.reply(mine, BOSS, sender=SECRETARY, sent_by=SECRETARY).code == "answered"
    assert (answers.partstat(mine, BOSS), answers.partstat(mine, SECRETARY)) == ("ACCEPTED", "NEEDS-ACTION")
    assert answers.reply(mine, SECRETARY, "DECLINED").code == "answered"
    assert (answers.partstat(mine, BOSS), answers.partstat(mine, SECRETARY)) == ("ACCEPTED", "DECLINED")


def test_who_sends_somebody_else_says_whom(answers: Answers, mine: int) -> None:
    lea = "lea@college.example"
    assert answers.reply(mine, ZOE, "DELEGATED", delegated_to=(lea,)).code == "answered"
    assert (answers.of(mine).partstat, answers.of(mine).delegated_to) == ("DELEGATED", lea)
    assert answers.reply(mine, ZOE, "ACCEPTED").code == "answered"
    assert answers.of(mine).delegated_to == ""


def test_who_was_taken_off_the_list_answers_nothing(post: PostOffice, answers: Answers, mine: int) -> None:
    post.take_off(mine, ZOE)
    assert answers.reply(mine).code == "no_longer_invited"
    assert answers.partstat(mine) == "NEEDS-ACTION"


def test_who_comes_back_to_the_list_is_asked_anew(post: PostOffice, answers: Answers, mine: int) -> None:
    answers.reply(mine, comment="Avec plaisir")
    post.take_off(mine, ZOE)
    post.announce()
    post.invite(mine, ZOE)
    late = answers.component(mine, Party(ZOE, partstat="DECLINED"))
    assert post.announce()[ZOE].sequence == 2
    assert (answers.of(mine).partstat, answers.of(mine).comment) == ("NEEDS-ACTION", "")
    assert answers.send(ZOE, "REPLY", late).code == "stale"


def test_an_answer_to_what_was_cancelled_changes_nothing(house: House, answers: Answers, mine: int) -> None:
    house.cancel(mine)
    assert answers.reply(mine).code == "cancelled"
    assert answers.partstat(mine) == "NEEDS-ACTION"


def test_an_answer_to_what_is_over_is_kept(house: House, answers: Answers, mine: int) -> None:
    house.passes(days=40)
    assert answers.reply(mine).code == "answered"
    assert answers.partstat(mine) == "ACCEPTED"
    assert house.rows("SELECT digest_at FROM invitation") == [(None,)]


def test_the_owner_answers_as_anybody_and_is_not_told_of_it(house: House, answers: Answers, mine: int) -> None:
    assert answers.reply(mine, ANNE, "TENTATIVE").code == "answered"
    assert (answers.of(mine, ANNE).role, answers.partstat(mine, ANNE)) == ("CHAIR", "TENTATIVE")
    assert house.rows("SELECT digest_at FROM invitation") == [(None,)]
    [row] = house.rows("SELECT person_id FROM event WHERE type = 'AttendeeAnswered'")
    assert row.person_id == house.actors["anne"].person_id


def test_a_trainer_who_is_booked_answers_as_anybody(house: House, post: PostOffice, answers: Answers) -> None:
    mine = house.confirmed("flexi-16", house.trainer("basile"))
    post.announce()
    assert answers.reply(mine, "basile@example.org", "DECLINED").code == "answered"
    assert answers.partstat(mine, "basile@example.org") == "DECLINED"


def test_an_unknown_uid_a_foreign_one_and_an_odd_method_change_nothing(answers: Answers, mine: int) -> None:
    component = answers.component(mine, Party(ZOE, partstat="ACCEPTED"), uid="elsewhere")
    assert answers.send(ZOE, "REPLY", component).code == "unknown_uid"
    assert answers.send(ZOE, "POLLSTATUS", answers.component(mine)).code == "unknown_method"
    assert answers.deliver(Incoming(sender=ZOE)).code == "no_calendar"
    assert answers.deliver(Incoming(sender=ZOE, scheduling=Scheduling("REPLY", "x", ()))).code == "no_calendar"
    assert answers.partstat(mine) == "NEEDS-ACTION"


def test_a_date_of_what_is_no_series_is_none(answers: Answers, mine: int) -> None:
    assert answers.reply(mine, recurrence_id=slot().start).code == "no_such_date"
    assert answers.partstat(mine) == "NEEDS-ACTION"


def test_an_answer_to_what_is_not_asked_any_more_is_stale(house: House, post: PostOffice, answers: Answers) -> None:
    """The Accept to SEQUENCE 0 comes when SEQUENCE 1 has left; that to SEQUENCE 1 counts, whichever comes first."""
    mine = house.confirmed("flexi-16", guests=[ZOE])
    post.announce()
    early = answers.component(mine, Party(ZOE, partstat="ACCEPTED"))
    house.move(mine, slot(14, 16))
    house.decide()
    assert post.announce()[ZOE].sequence == 1
    assert answers.send(ZOE, "REPLY", early).code == "stale"
    assert answers.partstat(mine) == "NEEDS-ACTION"
    assert answers.reply(mine, ZOE, "DECLINED").code == "answered"
    assert answers.send(ZOE, "REPLY", early).code == "stale"
    assert answers.partstat(mine) == "DECLINED"


def test_an_answer_that_comes_before_the_update_is_written_is_opened_by_it(
    house: House, post: PostOffice, answers: Answers
) -> None:
    mine = house.confirmed("flexi-16", guests=[ZOE])
    post.announce()
    house.move(mine, slot(14, 16))
    house.decide()
    assert answers.reply(mine, comment="Oui").code == "answered"
    mail = post.announce()[ZOE]
    assert (answers.of(mine).partstat, answers.of(mine).comment) == ("NEEDS-ACTION", "")
    assert mail.attendees[ZOE]["PARTSTAT"] == "NEEDS-ACTION"


def test_a_new_text_asks_nobody_again_and_says_what_each_answered(
    house: House, post: PostOffice, answers: Answers, mine: int
) -> None:
    early = answers.component(mine, Party(YANN, partstat="TENTATIVE"))
    answers.reply(mine)
    house.passes(minutes=1)
    house.change(mine, title="Storyboard")
    mails = post.announce()
    zoe, yann = mails[ZOE].attendees[ZOE], mails[YANN].attendees[YANN]
    assert (zoe["PARTSTAT"], "RSVP" in zoe) == ("ACCEPTED", False)
    assert (yann["PARTSTAT"], yann["RSVP"]) == ("NEEDS-ACTION", "TRUE")
    assert ZOE not in mails[YANN].attendees
    assert answers.send(YANN, "REPLY", early).code == "answered"  # the question is the same


def test_what_somebody_answered_is_frozen_with_their_mail(house: House, post: PostOffice, answers: Answers) -> None:
    """Rendered later, a mail says what was so when it was written, as its DTSTAMP does."""
    mine = house.confirmed("flexi-16", guests=[ZOE])
    post.announce()
    house.change(mine, title="Storyboard")
    house.announce()
    answers.reply(mine)
    [mail] = [mail for mail in post.collect() if mail.recipient == ZOE]
    assert mail.attendees[ZOE]["PARTSTAT"] == "NEEDS-ACTION"


def test_a_sequence_that_was_never_sent_does_not_outrank_what_is_asked_later(
    house: House, post: PostOffice, answers: Answers
) -> None:
    mine = house.confirmed("flexi-16", guests=[ZOE])
    post.announce()
    assert answers.reply(mine, ZOE, "ACCEPTED", sequence=7).code == "answered"
    assert answers.reply(mine, ZOE, "DECLINED").code == "answered"
    house.move(mine, slot(14, 16))
    house.decide()
    post.announce()
    assert answers.reply(mine, ZOE, "TENTATIVE").code == "answered"
    assert answers.partstat(mine) == "TENTATIVE"
