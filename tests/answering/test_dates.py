"""REPLY to a series: the whole and its dates are answered apart, by whatever name a client gives a date."""

from datetime import UTC, datetime, timedelta

import pytest

from shared import recurring
from shared.itip.incoming import Party
from shared.store.reservations import Reservation
from tests.answering.inbound import ANNE, YANN, ZOE, Answers
from tests.house import House
from tests.post_office import Mail, PostOffice

WEEKLY = "FREQ=WEEKLY;COUNT=6"


@pytest.fixture
def club(house: House, post: PostOffice) -> int:
    """Six Tuesdays from 9 November on, from 14 to 16 h in Arras; the id of the first, which bears the list."""
    series = house.series(WEEKLY, guests=[ZOE, YANN])
    house.decide()
    post.announce()
    return house.dates(series)[0].id


def dates(house: House) -> list[Reservation]:
    return house.dates(1)


def name(a_date: Reservation) -> datetime:
    assert a_date.recurs_at
    return a_date.recurs_at


def move(house: House, a_date: Reservation, hours: int = 2) -> None:
    house.move(a_date.id, a_date.slot.starting(a_date.starts_at + timedelta(hours=hours)))
    house.decide()


def own(mail: Mail) -> dict[datetime | None, str]:
    """The recipient's PARTSTAT in each VEVENT of a mail, by its RECURRENCE-ID."""
    found = {}
    for event in mail.events:
        listed = event["ATTENDEE"]
        people = {str(a).removeprefix("mailto:"): a.params["PARTSTAT"] for a in listed}
        name = event.get("RECURRENCE-ID")
        found[name.dt.astimezone(UTC) if name else None] = people[mail.recipient]
    return found


def test_an_answer_to_the_whole_is_one_to_the_whole(house: House, answers: Answers, club: int) -> None:
    assert answers.reply(club).code == "answered"
    assert answers.partstat(club) == "ACCEPTED"
    assert answers.dates(club) == {}
    assert house.history(club).count("AttendeeAnswered") == 1


def test_an_answer_to_one_date_leaves_the_others(house: House, answers: Answers, club: int) -> None:
    third = dates(house)[2]
    answers.reply(club)
    outcome = answers.reply(club, ZOE, "DECLINED", recurrence_id=name(third), comment="En stage")
    assert outcome.code == "answered"
    assert outcome.details["answers"] == [
        {"date": name(third).astimezone(UTC).isoformat(), "partstat": "DECLINED", "outcome": "answered"}
    ]
    assert answers.partstat(club) == "ACCEPTED"
    assert answers.dates(club) == {name(third): "DECLINED"}
    assert "AttendeeAnswered" in house.history(third.id)


def test_a_date_is_known_by_its_day_too(house: House, answers: Answers, club: int) -> None:
    third = dates(house)[2]
    midnight = datetime(2027, 11, 22, 23, tzinfo=UTC)  # of 23 November in Arras
    assert answers.reply(club, recurrence_id=midnight, is_recurrence_id_a_day=True).code == "answered"
    assert answers.dates(club) == {name(third): "ACCEPTED"}


@pytest.mark.parametrize("off", [timedelta(seconds=1), timedelta(hours=-1), timedelta(days=1), timedelta(days=7000)])
def test_what_is_no_date_of_the_series_is_answered_by_nothing(
    house: House, answers: Answers, club: int, off: timedelta
) -> None:
    third = name(dates(house)[2])
    assert answers.reply(club, recurrence_id=third + off).code == "no_such_date"
    assert (answers.partstat(club), answers.dates(club)) == ("NEEDS-ACTION", {})


def test_thunderbird_accepts_a_series_with_overrides_that_say_nothing(
    house: House, answers: Answers, club: int
) -> None:
    second = name(dates(house)[1])
    override = answers.component(club, Party(ZOE), recurrence_id=second)
    whole = answers.component(club, Party(ZOE, partstat="ACCEPTED"))
    outcome = answers.send(ZOE, "REPLY", override, whole)
    assert (outcome.code, [one["outcome"] for one in outcome.details["answers"]]) == (  # type: ignore[attr-defined]
        "answered",
        ["answered", "no_answer"],
    )
    assert (answers.partstat(club), answers.dates(club)) == ("ACCEPTED", {})


def test_one_mail_answers_several_dates(house: House, answers: Answers, club: int) -> None:
    said = {name(date): partstat for date, partstat in zip(dates(house), ("ACCEPTED", "DECLINED"), strict=False)}
    components = [answers.component(club, Party(ZOE, partstat=p), recurrence_id=at) for at, p in said.items()]
    assert answers.send(ZOE, "REPLY", *components).code == "answered"
    assert answers.dates(club) == said


def test_this_and_later_are_each_answered(house: House, answers: Answers, club: int) -> None:
    fourth = name(dates(house)[3])
    assert answers.reply(club, ZOE, "DECLINED", recurrence_id=fourth, this_and_future=True).code == "answered"
    assert answers.dates(club) == {name(date): "DECLINED" for date in dates(house)[3:]}


def test_a_date_that_was_given_back_is_not_answered(house: House, answers: Answers, club: int) -> None:
    third = dates(house)[2]
    house.cancel(third.id)
    assert answers.reply(club, recurrence_id=name(third)).code == "cancelled"
    assert answers.reply(club).code == "answered"
    assert answers.dates(club) == {}


def test_a_series_that_was_given_back_is_not_answered(house: House, answers: Answers, club: int) -> None:
    for date in dates(house):
        house.cancel(date.id)
    assert answers.reply(club).code == "cancelled"


def test_a_head_that_was_given_back_still_bears_the_list(
    house: House, post: PostOffice, answers: Answers, club: int
) -> None:
    house.cancel(club)
    post.announce()
    assert answers.reply(club).code == "answered"
    assert answers.partstat(club) == "ACCEPTED"


def test_a_date_that_moves_is_asked_for_by_itself(house: House, post: PostOffice, answers: Answers, club: int) -> None:
    third = dates(house)[2]
    answers.reply(club)
    early = answers.component(club, Party(ZOE, partstat="DECLINED"), recurrence_id=name(third))
    move(house, third)
    mail = post.announce()[ZOE]
    assert own(mail) == {name(third): "NEEDS-ACTION"}
    assert (answers.partstat(club), answers.dates(club)) == ("ACCEPTED", {name(third): "NEEDS-ACTION"})
    assert answers.send(ZOE, "REPLY", early).code == "stale"
    assert answers.reply(club, ZOE, "TENTATIVE", recurrence_id=name(third)).code == "answered"
    assert answers.dates(club) == {name(third): "TENTATIVE"}


def test_the_whole_is_still_answered_under_its_own_sequence(
    house: House, post: PostOffice, answers: Answers, club: int
) -> None:
    """The SEQUENCE rose for one date; calendars keep the one of the others."""
    move(house, dates(house)[2])
    post.announce()
    assert answers.reply(club, sequence=0).code == "answered"
    assert answers.partstat(club) == "ACCEPTED"
    assert answers.reply(club, ZOE, "DECLINED", sequence=1).code == "answered"
    assert answers.reply(club, ZOE, "ACCEPTED", sequence=0).code == "answered"


def test_a_date_that_is_renamed_keeps_its_answer(house: House, post: PostOffice, answers: Answers, club: int) -> None:
    third = dates(house)[2]
    answers.reply(club)
    answers.reply(club, ZOE, "DECLINED", recurrence_id=name(third))
    house.passes(minutes=1)
    house.change(third.id, title="Club radio")
    mails = post.announce()
    assert own(mails[ZOE]) == {name(third): "DECLINED"}
    assert own(mails[YANN]) == {name(third): "NEEDS-ACTION"}
    assert "RSVP" not in mails[ZOE].attendees[ZOE]


def test_a_date_answered_by_nobody_is_told_with_the_answer_to_the_whole(
    house: House, post: PostOffice, answers: Answers, club: int
) -> None:
    answers.reply(club)
    house.passes(minutes=1)
    house.change(dates(house)[2].id, title="Club radio")
    assert own(post.announce()[ZOE]) == {name(dates(house)[2]): "ACCEPTED"}


def test_all_of_it_is_told_with_each_answer(house: House, post: PostOffice, answers: Answers, club: int) -> None:
    third = name(dates(house)[2])
    answers.reply(club)
    answers.reply(club, ZOE, "DECLINED", recurrence_id=third)
    house.passes(minutes=1)
    for date in dates(house):
        house.change(date.id, title="Club radio")
    mails = post.announce()
    assert own(mails[ZOE]) == {None: "ACCEPTED", third: "DECLINED"}
    assert own(mails[YANN]) == {None: "NEEDS-ACTION"}


def test_asking_everybody_again_forgets_what_was_answered_for_dates(
    house: House, post: PostOffice, answers: Answers, club: int
) -> None:
    third = name(dates(house)[2])
    answers.reply(club)
    answers.reply(club, ZOE, "DECLINED", recurrence_id=third)
    early = answers.component(club, Party(ZOE, partstat="ACCEPTED"), recurrence_id=third)
    for date in dates(house)[:2]:
        move(house, date)
    assert post.announce()[ZOE].sequence == 1
    assert (answers.partstat(club), answers.dates(club)) == ("NEEDS-ACTION", {})
    assert answers.send(ZOE, "REPLY", early).code == "stale"
    assert answers.reply(club, recurrence_id=third).code == "answered"


def test_who_joins_later_is_asked_under_the_sequence_of_their_invitation(
    house: House, post: PostOffice, answers: Answers, club: int
) -> None:
    move(house, dates(house)[2])
    post.announce()
    post.invite(club, "lea@college.example")
    post.announce()
    assert answers.of(club, "lea@college.example").asked_sequence == 1
    assert answers.reply(club, "lea@college.example", sequence=1).code == "answered"


def test_who_declined_a_date_is_not_reminded_of_it(house: House, post: PostOffice, answers: Answers, club: int) -> None:
    first, second = (name(date) for date in dates(house)[:2])
    answers.reply(club, ZOE, "DECLINED", recurrence_id=first)
    answers.reply(club, YANN, "DECLINED")
    answers.reply(club, YANN, "ACCEPTED", recurrence_id=second)
    house.now = first - timedelta(hours=20)
    house.remind()
    assert {mail.recipient for mail in post.collect()} == {ANNE}
    house.now = second - timedelta(hours=20)
    house.remind()
    assert {mail.recipient for mail in post.collect()} == {ANNE, ZOE, YANN}


def test_a_series_of_one_date_left_is_over_with_it(house: House, answers: Answers, club: int) -> None:
    house.now = dates(house)[-1].ends_at + timedelta(days=1)
    assert answers.reply(club).code == "answered"
    assert house.rows("SELECT digest_at FROM invitation") == [(None,)]


def test_a_series_that_was_cancelled_and_comes_back_is_asked_anew(
    house: House, post: PostOffice, answers: Answers, club: int
) -> None:
    third = name(dates(house)[2])
    answers.reply(club)
    answers.reply(club, ZOE, "DECLINED", recurrence_id=third)
    early = answers.component(club, Party(ZOE, partstat="TENTATIVE"))
    for date in dates(house):
        house.cancel(date.id)
    post.announce()
    assert answers.partstat(club) == "ACCEPTED"  # what it was when it was cancelled
    with house.book() as db:
        recurring.bring_back(db, 1, third.date(), by=house.actors["anne"], now=house.now)
    house.decide()
    mail = post.announce()[ZOE]
    assert own(mail) == {None: "NEEDS-ACTION"}
    assert (answers.partstat(club), answers.dates(club)) == ("NEEDS-ACTION", {})
    assert answers.send(ZOE, "REPLY", early).code == "stale"


def test_a_date_that_moved_back_is_asked_for_with_the_whole_once_that_is_told(
    house: House, post: PostOffice, answers: Answers, club: int
) -> None:
    third = dates(house)[2]
    for hours in (2, -2):
        move(house, dates(house)[2], hours)
        post.announce()
    answers.reply(club, YANN)
    assert answers.dates(club) == {name(third): "NEEDS-ACTION"}
    house.passes(minutes=1)
    for date in dates(house):
        house.change(date.id, title="Club radio")
    assert own(post.announce()[ZOE]) == {None: "NEEDS-ACTION"}
    assert answers.dates(club) == {}
    assert answers.dates(club, YANN) == {name(third): "NEEDS-ACTION"}  # told for itself: it is not as the whole
