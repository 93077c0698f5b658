"""REFRESH sends an entry once more to one person; a bounce marks whom no mail reaches."""

from dataclasses import replace
from uuid import UUID, uuid4

import pytest

from shared.answering import take_bounce
from shared.inbox.outcomes import Outcome
from shared.itip.incoming import Incoming, Party, Report
from shared.store.inbox import InboundMail
from tests.answering.inbound import ANNE, YANN, ZOE, Answers
from tests.house import House
from tests.post_office import Mail, PostOffice


@pytest.fixture
def mine(house: House, post: PostOffice) -> int:
    mine = house.confirmed("flexi-16", guests=[ZOE, YANN])
    post.announce()
    return mine


def refresh(answers: Answers, meeting: int, who: str = ZOE) -> Outcome:
    return answers.send(who, "REFRESH", answers.component(meeting, Party(who), dtstamp=None))


def test_who_lost_the_entry_gets_it_once_more(house: House, post: PostOffice, answers: Answers, mine: int) -> None:
    house.passes(hours=1)
    answers.reply(mine)
    assert refresh(answers, mine).code == "refreshed"
    mails = post.announce()
    assert set(mails) == {ZOE}
    mail = mails[ZOE]
    assert (mail.method, mail.sequence, mail.attendees[ZOE]["PARTSTAT"]) == ("REQUEST", 0, "ACCEPTED")
    assert mail.event.decoded("DTSTAMP") == mail.dtstamp == house.now
    assert post.answers(mine) == {"ACCEPTED", "NEEDS-ACTION"}
    house.change(mine, title="Storyboard")
    assert set(post.announce()) == {ANNE, ZOE, YANN}


def test_two_programs_that_answer_each_other_fill_no_mailbox(
    house: House, post: PostOffice, answers: Answers, mine: int
) -> None:
    assert refresh(answers, mine).code == "too_soon"  # it was sent a moment ago
    house.passes(minutes=11)
    assert [refresh(answers, mine).code for _ in range(3)] == ["refreshed", "too_soon", "too_soon"]
    assert len(post.collect()) == 1


def test_nobody_else_gets_it(house: House, post: PostOffice, answers: Answers, mine: int) -> None:
    house.passes(hours=1)
    assert refresh(answers, mine, "lea@college.example").code == "not_invited"
    post.take_off(mine, ZOE)
    assert refresh(answers, mine).code == "no_longer_invited"
    post.invite(mine, "lea@college.example")
    assert refresh(answers, mine, "lea@college.example").code == "not_invited_yet"
    post.announce()
    house.cancel(mine)
    post.announce()
    house.passes(hours=1)
    assert refresh(answers, mine, YANN).code == "cancelled"
    assert post.collect() == []


def test_a_series_is_sent_as_a_whole(house: House, post: PostOffice, answers: Answers) -> None:
    series = house.series("FREQ=WEEKLY;COUNT=3", guests=[ZOE])
    house.decide()
    post.announce()
    head = house.dates(series)[0]
    house.cancel(house.dates(series)[1].id)
    post.announce()
    house.passes(hours=1)
    refresh(answers, head.id)
    mail = post.announce()[ZOE]
    assert (mail.sequence, "RRULE" in mail.event, "EXDATE" in mail.event) == (1, True, True)


def bounce(house: House, mail: Mail, *reports: Report, key: str = "") -> Outcome:
    """What comes back to the envelope sender of a mail."""
    verp = mail.envelope.sender.partition("+")[2].partition("@")[0]
    with house.book() as db:
        row = InboundMail(
            site_id=house.site_id,
            source="lmtp",
            mail_from="",
            recipients=[mail.envelope.sender],
            digest=uuid4().bytes * 2,
            raw=b"",
            received_at=house.now,
            not_before=house.now,
        )
        db.add(row)
        db.flush()
        return take_bounce(db, row, Incoming(reports=reports), key=UUID(key or verp), now=house.now)


FAILED = Report("failed", ZOE, "5.1.1", "smtp; 550 no such\r\nuser")


@pytest.fixture
def sent(house: House, post: PostOffice) -> Mail:
    """The invitation of Zoé, as it left."""
    house.confirmed("flexi-16", guests=[ZOE, YANN])
    return post.announce()[ZOE]


def test_a_bounce_says_that_somebody_was_not_reached(house: House, answers: Answers, sent: Mail) -> None:
    outcome = bounce(house, sent, FAILED)
    assert (outcome.code, outcome.details["delivery"]) == ("bounced", sent.delivery)
    zoe = answers.of(1)
    assert (zoe.undeliverable_at, zoe.undeliverable_reason) == (house.now, "5.1.1 smtp; 550 no such user")
    assert zoe.partstat == "NEEDS-ACTION"
    assert answers.of(1, YANN).undeliverable_at is None
    assert house.rows("SELECT bounced_at FROM delivery WHERE id = :id", id=sent.delivery) == [(house.now,)]
    assert house.history(1)[-1] == "InvitationBounced"
    assert bounce(house, sent, FAILED).code == "already_known"
    assert house.history(1).count("InvitationBounced") == 1


def test_a_report_names_whomever_it_likes(house: House, answers: Answers, sent: Mail) -> None:
    """Zoé's mail is forwarded; the address that it came back to says whose it was."""
    bounce(house, sent, replace(FAILED, recipient="zoe@elsewhere.example"))
    assert answers.of(1).undeliverable_at
    assert answers.of(1, YANN).undeliverable_at is None


@pytest.mark.parametrize(
    ("reports", "code"),
    [
        ((), "no_report"),
        ((Report("delayed", ZOE, "4.4.7"),), "delayed"),
        ((Report("relayed", ZOE, "2.0.0"),), "delivered"),
        ((Report("expanded", ZOE), Report("delayed", ZOE)), "delayed"),
    ],
)
def test_what_is_no_failure_changes_nothing(
    house: House, answers: Answers, sent: Mail, reports: tuple[Report, ...], code: str
) -> None:
    assert bounce(house, sent, *reports).code == code
    assert answers.of(1).undeliverable_at is None
    assert house.rows("SELECT FROM delivery WHERE bounced_at IS NOT NULL") == []


def test_whoever_answers_was_reached(house: House, answers: Answers, sent: Mail) -> None:
    bounce(house, sent, FAILED)
    house.passes(minutes=1)
    assert answers.reply(1).code == "answered"
    assert (answers.of(1).undeliverable_at, answers.of(1).undeliverable_reason) == (None, "")


def test_a_bounce_that_comes_after_the_answer_is_only_noted(house: House, answers: Answers, sent: Mail) -> None:
    house.passes(minutes=1)
    answers.reply(1)
    assert bounce(house, sent, FAILED).code == "bounced"
    assert answers.of(1).undeliverable_at is None


def test_nobody_guesses_a_key(house: House, answers: Answers, sent: Mail) -> None:
    assert bounce(house, sent, FAILED, key=uuid4().hex).code == "unknown_delivery"
    assert answers.of(1).undeliverable_at is None


def test_the_owner_who_cannot_be_reached_is_not_written_to_about_it(
    house: House, post: PostOffice, answers: Answers
) -> None:
    house.confirmed("flexi-16", guests=[ZOE])
    assert bounce(house, post.announce()[ANNE], FAILED).code == "bounced"
    assert answers.of(1, ANNE).undeliverable_at
    assert house.rows("SELECT digest_at FROM invitation") == [(None,)]


def test_who_was_taken_off_is_marked_no_more(house: House, post: PostOffice, answers: Answers, sent: Mail) -> None:
    post.take_off(1, ZOE)
    assert bounce(house, sent, FAILED).code == "bounced"
    assert answers.of(1).undeliverable_at is None


def test_a_refusal_that_bounces_has_no_meeting(house: House, post: PostOffice) -> None:
    house.confirmed("flexi-16", who="basile")
    refused = house.ask("flexi-16")
    house.decide()
    [mail] = [mail for mail in post.announce_all() if mail.recipient == ANNE]
    assert house.state(refused) == "refused"
    assert bounce(house, mail, FAILED).code == "bounced"
