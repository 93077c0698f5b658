"""COUNTER: another time is proposed, looked at, accepted by the ordinary way, or declined to whoever proposed it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from shared.answering import counters, proposals
from shared.domain.errors import NotAllowedError, NotFoundError, WrongStateError
from shared.domain.slots import Slot
from shared.inbox.outcomes import Outcome
from shared.itip.incoming import Party
from tests.answering.inbound import ANNE, YANN, ZOE, Answers
from tests.house import House, slot
from tests.post_office import PostOffice

LATER = slot(14, 17)


@pytest.fixture
def mine(house: House, post: PostOffice) -> int:
    """Anne's meeting of Monday from 9 to 12, Zoé and Yann invited."""
    mine = house.confirmed("flexi-16", guests=[ZOE, YANN])
    post.announce()
    return mine


def counter(answers: Answers, meeting: int, to: Slot | None = LATER, who: str = ZOE, **more: Any) -> Outcome:
    """Another time, as Outlook proposes one: tentative."""
    party = Party(who, partstat=more.pop("partstat", "TENTATIVE"))
    times = {"start": to.start, "end": to.end} if to else {}
    return answers.send(more.pop("sender", who), "COUNTER", answers.component(meeting, party, **times | more))


def rows(house: House) -> list[Any]:
    return house.rows("SELECT * FROM proposal ORDER BY id")


def accept(house: House, meeting: int, proposal: int = 1, who: str = "anne") -> None:
    with house.book() as db:
        proposals.accept(db, meeting, proposal, by=house.actors[who], now=house.now)


def decline(house: House, meeting: int, proposal: int = 1, who: str = "anne", comment: str = "") -> None:
    with house.book() as db:
        proposals.decline(db, meeting, proposal, comment=comment, by=house.actors[who], now=house.now)


def test_a_proposal_is_kept_with_whether_it_can_be_had(house: House, answers: Answers, mine: int) -> None:
    outcome = counter(answers, mine, comment="L'après-midi ?")
    assert outcome.code == "proposed"
    [row] = rows(house)
    assert (row.starts_at, row.ends_at, row.state, row.comment) == (LATER.start, LATER.end, "open", "L'après-midi ?")
    assert (row.is_free, row.obstacle) == (True, None)
    assert answers.partstat(mine) == "TENTATIVE"
    assert house.reservation(mine).slot == slot()
    assert not house.reservation(mine).is_moving
    assert house.history(mine)[-2:] == ["AttendeeAnswered", "ProposalMade"]


def test_a_proposal_that_says_nothing_else_is_tentative_and_one_that_accepts_is_that(
    answers: Answers, mine: int
) -> None:
    counter(answers, mine, partstat="NEEDS-ACTION")
    assert answers.partstat(mine) == "TENTATIVE"
    counter(answers, mine, who=YANN, partstat="ACCEPTED")
    assert answers.partstat(mine, YANN) == "ACCEPTED"


def test_what_stands_in_the_way_is_kept_with_what_is_free(house: House, answers: Answers, mine: int) -> None:
    taken = house.confirmed("flexi-16", who="basile", at=LATER)
    counter(answers, mine)
    [row] = rows(house)
    assert (row.is_free, row.obstacle["refusal"]["code"]) == (False, "room_taken")
    assert row.obstacle["refusal"]["conflicts"] == [[house.rooms["flexi-16"], taken]]
    assert row.obstacle["alternatives"][0]["start"]
    assert house.history(mine).count("MoveRequested") == 0


def test_rules_are_asked_too(house: House, answers: Answers, mine: int) -> None:
    house.rule(longest_minutes=180)
    counter(answers, mine, slot(13, 18))
    assert rows(house)[0].obstacle["refusal"]["code"] == "too_long"


def test_an_accepted_proposal_moves_the_meeting_and_everybody_is_asked_again(
    house: House, post: PostOffice, answers: Answers, mine: int
) -> None:
    counter(answers, mine)
    counter(answers, mine, slot(15, 18), who=YANN)
    accept(house, mine)
    assert [row.state for row in rows(house)] == ["open", "open"]
    house.decide()
    mails = post.announce()
    assert (mails[ZOE].method, mails[ZOE].sequence) == ("REQUEST", 1)
    assert mails[ZOE].event.decoded("DTSTART") == LATER.start
    assert [row.state for row in rows(house)] == ["accepted", "superseded"]
    assert set(mails) == {ANNE, ZOE, YANN}
    with pytest.raises(WrongStateError):
        accept(house, mine)


def test_an_accepted_proposal_may_conflict_and_can_still_be_declined(
    house: House, post: PostOffice, answers: Answers, mine: int
) -> None:
    counter(answers, mine)
    house.confirmed("flexi-16", who="basile", at=LATER)
    post.announce_all()
    accept(house, mine)
    with pytest.raises(WrongStateError, match="being decided"):
        decline(house, mine)
    house.decide()
    assert house.reservation(mine).slot == slot()
    assert "réservé" in post.announce()[ANNE].words
    assert rows(house)[0].state == "open"
    decline(house, mine)
    assert set(post.announce()) == {ZOE}


def test_a_declined_proposal_is_answered_to_whoever_made_it_alone(
    house: House, post: PostOffice, answers: Answers, mine: int
) -> None:
    counter(answers, mine)
    house.passes(minutes=1)
    decline(house, mine, comment="La salle est promise; désolée, Zoé")
    mails = post.announce()
    assert set(mails) == {ZOE}
    mail = mails[ZOE]
    event = mail.event
    assert (mail.method, mail.sequence) == ("DECLINECOUNTER", 0)
    assert b"METHOD:DECLINECOUNTER\r\n" in mail.calendar
    assert event["COMMENT"] == "La salle est promise; désolée, Zoé"
    assert event.decoded("DTSTART") == slot().start
    assert (event["STATUS"], list(mail.attendees)[1]) == ("CONFIRMED", ZOE)
    assert "La salle est promise; désolée, Zoé" in mail.words
    assert "15 h 00" in mail.words  # 14 h UTC, which was proposed
    assert "10 h 00" in mail.words
    assert rows(house)[0].state == "declined"
    assert answers.partstat(mine) == "TENTATIVE"
    with pytest.raises(WrongStateError):
        decline(house, mine)
    with pytest.raises(WrongStateError):
        accept(house, mine)


def test_in_english_it_is_declined_in_english(house: House, post: PostOffice, answers: Answers, mine: int) -> None:
    house.rows("UPDATE attendee SET language = 'en' WHERE address = :zoe RETURNING 1", zoe=ZOE)
    counter(answers, mine)
    decline(house, mine)
    assert "The time that you proposed" in post.announce()[ZOE].words


def test_a_newer_proposal_takes_the_place_of_an_older_one(house: House, answers: Answers, mine: int) -> None:
    first = answers.component(mine, Party(ZOE, partstat="TENTATIVE"), start=LATER.start, end=LATER.end)
    assert answers.send(ZOE, "COUNTER", first).code == "proposed"
    assert counter(answers, mine, slot(15, 18)).code == "proposed"
    assert answers.send(ZOE, "COUNTER", first).code == "stale"
    assert [row.state for row in rows(house)] == ["superseded", "open"]


def test_an_older_proposal_that_comes_late_changes_nothing(house: House, answers: Answers, mine: int) -> None:
    first = answers.component(mine, Party(ZOE, partstat="TENTATIVE"), start=LATER.start, end=LATER.end)
    second = answers.component(
        mine, Party(ZOE, partstat="TENTATIVE"), start=slot(15, 18).start, dtstamp=answers.clock + timedelta(seconds=1)
    )
    assert [answers.send(ZOE, "COUNTER", c).code for c in (second, first, second)] == [
        "proposed",
        "stale",
        "already_known",
    ]
    [row] = rows(house)
    assert (row.starts_at, row.ends_at) == (slot(15, 18).start, slot(15, 18).end)  # as long as now


def test_a_proposal_for_what_was_moved_since_is_stale(
    house: House, post: PostOffice, answers: Answers, mine: int
) -> None:
    early = answers.component(mine, Party(ZOE, partstat="TENTATIVE"), start=LATER.start, end=LATER.end)
    house.move(mine, slot(13, 16))
    house.decide()
    post.announce()
    assert answers.send(ZOE, "COUNTER", early).code == "stale"
    assert (rows(house), answers.partstat(mine)) == ([], "NEEDS-ACTION")


@pytest.mark.parametrize(
    ("to", "code"),
    [
        ({}, "no_time"),
        ({"start": slot().start, "end": slot().end}, "same_time"),
        ({"start": slot().start}, "same_time"),
        ({"start": slot(day=-60).start}, "past_time"),
        ({"start": LATER.end, "end": LATER.start}, "impossible_time"),
        ({"start": LATER.start, "end": LATER.start}, "impossible_time"),
        ({"start": LATER.start, "end": LATER.start + timedelta(days=400)}, "impossible_time"),
        ({"start": datetime(9999, 12, 31, 23, tzinfo=UTC)}, "impossible_time"),
        ({"start": datetime(1, 1, 1, tzinfo=UTC)}, "impossible_time"),
    ],
)
def test_what_is_no_other_time_is_an_answer_only(
    house: House, answers: Answers, mine: int, to: dict[str, datetime], code: str
) -> None:
    assert counter(answers, mine, None, **to).code == code
    assert (rows(house), answers.partstat(mine)) == ([], "TENTATIVE")


def test_a_proposal_of_days_is_one_of_whole_days(house: House, answers: Answers, mine: int) -> None:
    midnight = slot(-1, 23, day=1)  # the Tuesday in Arras
    assert counter(answers, mine, None, start=midnight.start, is_all_day=True).code == "proposed"
    [row] = rows(house)
    assert (row.starts_at, row.ends_at) == (midnight.start, midnight.end)


def test_nobody_proposes_without_end(
    house: House, answers: Answers, mine: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(counters, "MOST_PROPOSALS", 2)
    codes = [counter(answers, mine, slot(13 + n, 16 + n)).code for n in range(3)]
    assert codes == ["proposed", "proposed", "too_many_proposals"]
    assert len(rows(house)) == 2


def test_who_is_not_on_the_list_waits_for_the_owner_and_proposes_nothing(
    house: House, answers: Answers, mine: int
) -> None:
    assert counter(answers, mine, who="lea@college.example", partstat="NEEDS-ACTION").code == "newcomer"
    assert rows(house) == []
    assert house.rows("SELECT partstat FROM newcomer") == [("TENTATIVE",)]
    assert counter(answers, mine, sender=YANN).code == "not_the_sender"


def test_what_was_cancelled_is_not_moved(house: House, post: PostOffice, answers: Answers, mine: int) -> None:
    counter(answers, mine)
    house.cancel(mine)
    assert counter(answers, mine, slot(15, 18)).code == "cancelled"
    post.announce()
    assert [row.state for row in rows(house)] == ["superseded"]


def test_only_the_owner_and_coordinators_decide(house: House, answers: Answers, mine: int) -> None:
    counter(answers, mine)
    other = house.confirmed("flexi-19")
    house.announce()
    for verb in (accept, decline):
        with pytest.raises(NotAllowedError):
            verb(house, mine, who="basile")
        with pytest.raises(NotFoundError):
            verb(house, mine, 99)
        with pytest.raises(NotFoundError):
            verb(house, other)
    accept(house, mine, who="claire")


def test_a_date_of_a_series_is_proposed_and_moved_alone(house: House, post: PostOffice, answers: Answers) -> None:
    series = house.series("FREQ=WEEKLY;COUNT=3", guests=[ZOE])
    house.decide()
    post.announce()
    head, second, third = house.dates(series)
    to = second.slot.starting(second.starts_at + timedelta(hours=2))
    assert counter(answers, head.id, to, recurrence_id=second.recurs_at).code == "proposed"
    assert counter(answers, head.id, to).code == "whole_series"
    assert counter(answers, head.id, to, recurrence_id=to.start).code == "no_such_date"
    [row] = rows(house)
    assert (row.reservation_id, row.is_free) == (second.id, True)
    accept(house, head.id)
    house.decide()
    mail = post.announce()[ZOE]
    assert mail.event["RECURRENCE-ID"].dt == second.recurs_at
    assert rows(house)[0].state == "accepted"
    assert answers.dates(head.id) == {second.recurs_at: "NEEDS-ACTION"}
    counter(answers, head.id, to, recurrence_id=third.recurs_at)
    decline(house, third.id, 2)
    mail = post.announce()[ZOE]
    assert (mail.method, mail.event["RECURRENCE-ID"].dt) == ("DECLINECOUNTER", third.recurs_at)
    assert "RRULE" not in mail.event


def test_the_owner_may_propose_from_their_own_calendar(house: House, answers: Answers, mine: int) -> None:
    assert counter(answers, mine, who=ANNE).code == "proposed"
    assert house.rows("SELECT digest_at FROM invitation") == [(None,)]
