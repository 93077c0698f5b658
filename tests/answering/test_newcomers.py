"""Whoever answers without being on the list: they wait for its owner, and are never added by themselves."""

from datetime import timedelta

import pytest

from shared.answering import admitting, aliases, newcomers
from shared.domain.errors import InvalidInputError, NotAllowedError, NotFoundError, WrongStateError
from shared.itip.incoming import Incoming, Party, Scheduling
from tests.answering.inbound import YANN, ZOE, Answers
from tests.house import House, slot
from tests.post_office import PostOffice

LEA, GMAIL = "lea@college.example", "zoe.martin@mail.example"


@pytest.fixture
def mine(house: House, post: PostOffice) -> int:
    mine = house.confirmed("flexi-16", guests=[ZOE, YANN])
    post.announce()
    return mine


def waiting(house: House) -> list[tuple[str, str, str]]:
    query = "SELECT address, partstat, state FROM newcomer ORDER BY id"
    return [tuple(row) for row in house.rows(query)]


def admit(house: House, reservation: int, newcomer: int = 1, who: str = "anne", **more: int) -> None:
    with house.book() as db:
        admitting.admit(db, reservation, newcomer, by=house.actors[who], now=house.now, **more)


def dismiss(house: House, reservation: int, newcomer: int = 1, who: str = "anne") -> None:
    with house.book() as db:
        admitting.dismiss(db, reservation, newcomer, by=house.actors[who], now=house.now)


def test_a_forwarded_invitation_waits_for_the_owner(
    house: House, post: PostOffice, answers: Answers, mine: int
) -> None:
    outcome = answers.reply(mine, LEA, name="Léa\r\nMartin", comment="Je peux venir ?")
    assert outcome.code == "newcomer"
    [row] = house.rows("SELECT name, comment, speaks_for, delegated_from, state FROM newcomer")
    assert row == ("Léa Martin", "Je peux venir ?", "", "", "open")
    assert house.rows("SELECT FROM attendee WHERE address = :lea", lea=LEA) == []
    assert post.announce() == {}
    assert house.history(mine)[-1] == "NewcomerAnswered"


def test_who_is_admitted_is_invited_and_has_answered_already(
    house: House, post: PostOffice, answers: Answers, mine: int
) -> None:
    answers.reply(mine, LEA, name="Léa", comment="Oui")
    house.passes(minutes=1)
    admit(house, mine)
    mail = post.announce()
    assert set(mail) == {LEA}
    assert mail[LEA].attendees[LEA]["PARTSTAT"] == "ACCEPTED"
    assert (answers.of(mine, LEA).partstat, answers.of(mine, LEA).comment) == ("ACCEPTED", "Oui")
    assert answers.reply(mine, LEA, "DECLINED").code == "answered"
    assert waiting(house) == [(LEA, "ACCEPTED", "admitted")]
    with pytest.raises(WrongStateError):
        admit(house, mine)


def test_who_answered_before_everybody_was_asked_again_is_asked_too(
    house: House, post: PostOffice, answers: Answers, mine: int
) -> None:
    answers.reply(mine, LEA)
    house.move(mine, slot(14, 16))
    house.decide()
    post.announce()
    admit(house, mine)
    assert post.announce()[LEA].attendees[LEA]["PARTSTAT"] == "NEEDS-ACTION"


def test_who_is_dismissed_hears_nothing_and_is_not_asked_about_again(
    house: House, post: PostOffice, answers: Answers, mine: int
) -> None:
    answers.reply(mine, LEA)
    dismiss(house, mine)
    assert answers.reply(mine, LEA, "DECLINED").code == "dismissed"
    assert post.announce() == {}
    assert waiting(house) == [(LEA, "ACCEPTED", "dismissed")]
    assert house.history(mine)[-1] == "NewcomerDismissed"


def test_a_newcomer_who_changes_their_mind_is_one_newcomer(house: House, answers: Answers, mine: int) -> None:
    first = answers.component(mine, Party(LEA, partstat="ACCEPTED"))
    assert answers.send(LEA, "REPLY", first).code == "newcomer"
    assert answers.reply(mine, LEA, "DECLINED").code == "newcomer"
    assert answers.send(LEA, "REPLY", first).code == "stale"
    assert waiting(house) == [(LEA, "DECLINED", "open")]


def test_the_same_mail_twice_is_one_newcomer(house: House, answers: Answers, mine: int) -> None:
    first = answers.component(mine, Party(LEA, partstat="ACCEPTED"))
    assert [answers.send(LEA, "REPLY", first).code for _ in range(2)] == ["newcomer", "already_known"]
    assert house.history(mine).count("NewcomerAnswered") == 1


def test_a_delegate_says_in_whose_place(house: House, answers: Answers, mine: int) -> None:
    """Whichever of the two mails comes first."""
    answers.reply(mine, LEA, delegated_from=(ZOE,))
    answers.reply(mine, ZOE, "DELEGATED", delegated_to=(LEA,))
    [row] = house.rows("SELECT address, delegated_from FROM newcomer")
    assert row == (LEA, ZOE)
    assert answers.of(mine).delegated_to == LEA


def test_in_whose_place_is_only_said_of_somebody_on_the_list(house: House, answers: Answers, mine: int) -> None:
    answers.reply(mine, LEA, delegated_from=("ministre@gouv.example",))
    assert house.rows("SELECT delegated_from FROM newcomer") == [("",)]


def test_another_address_of_somebody_is_recognised_by_the_owner(house: House, answers: Answers, mine: int) -> None:
    assert answers.reply(mine, ZOE, sender=GMAIL).code == "newcomer"
    assert answers.partstat(mine) == "NEEDS-ACTION"
    [row] = house.rows("SELECT address, speaks_for, partstat FROM newcomer")
    assert row == (GMAIL, ZOE, "ACCEPTED")
    admit(house, mine, as_attendee=answers.of(mine).id)
    assert answers.partstat(mine) == "ACCEPTED"
    assert answers.reply(mine, GMAIL, "DECLINED").code == "answered"
    assert answers.partstat(mine) == "DECLINED"
    assert house.rows("SELECT FROM attendee WHERE address = :gmail", gmail=GMAIL) == []
    assert house.rows("SELECT type FROM event WHERE subject LIKE 'alias:%'") == [("AliasAdded",)]


def test_who_is_recognised_does_not_overturn_what_was_answered_since(house: House, answers: Answers, mine: int) -> None:
    answers.reply(mine, ZOE, sender=GMAIL)
    answers.reply(mine, ZOE, "DECLINED")
    admit(house, mine, as_attendee=answers.of(mine).id)
    assert answers.partstat(mine) == "DECLINED"


def test_a_mail_that_names_only_strangers_is_nobodys_answer(house: House, answers: Answers, mine: int) -> None:
    assert answers.reply(mine, "x@elsewhere.example", sender=LEA).code == "not_the_sender"
    several = answers.component(mine, Party(ZOE, partstat="ACCEPTED"), Party(YANN, partstat="ACCEPTED"))
    assert answers.send(LEA, "REPLY", several).code == "not_the_sender"
    assert answers.reply(mine, LEA, "NEEDS-ACTION").code == "no_answer"
    assert answers.reply(mine, '"a b"@college.example').code == "unwritable_address"
    assert answers.reply(mine, LEA, delegated_from=("a\x00b@x.example",)).code == "newcomer"
    assert waiting(house) == [(LEA, "ACCEPTED", "open")]


def test_what_was_cancelled_has_no_newcomers(house: House, answers: Answers, mine: int) -> None:
    house.cancel(mine)
    assert answers.reply(mine, LEA).code == "cancelled"


def test_a_mail_that_was_forwarded_to_a_whole_list_fills_no_book(
    answers: Answers, mine: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(newcomers, "MOST_WAITING", 2)
    codes = [answers.reply(mine, f"p{n}@list.example").code for n in range(4)]
    assert codes == ["newcomer", "newcomer", "too_many_newcomers", "too_many_newcomers"]
    assert answers.reply(mine, "p0@list.example", "DECLINED").code == "newcomer"


def test_dates_that_a_newcomer_answers_are_theirs_once_admitted(
    house: House, post: PostOffice, answers: Answers
) -> None:
    series = house.series("FREQ=WEEKLY;COUNT=3", guests=[ZOE])
    house.decide()
    post.announce()
    head, second, _ = house.dates(series)
    answers.reply(head.id, LEA, recurrence_id=second.recurs_at)
    admit(house, second.id)
    assert answers.partstat(head.id, LEA) == "NEEDS-ACTION"
    assert answers.dates(head.id, LEA) == {second.recurs_at: "ACCEPTED"}
    assert post.announce()[LEA].sequence == 0


def test_who_was_invited_meanwhile_is_no_newcomer(house: House, post: PostOffice, answers: Answers, mine: int) -> None:
    answers.reply(mine, LEA)
    with house.book() as db:
        assert len(admitting.newcomers_of(db, mine)) == 1
    post.invite(mine, LEA)
    with house.book() as db:
        assert admitting.newcomers_of(db, mine) == []


def test_only_the_owner_and_coordinators_decide(house: House, answers: Answers, mine: int) -> None:
    answers.reply(mine, LEA)
    for verb in (admit, dismiss):
        with pytest.raises(NotAllowedError):
            verb(house, mine, who="basile")
        with pytest.raises(NotFoundError):
            verb(house, mine, 99)
        with pytest.raises(NotFoundError):
            verb(house, 99)
    with pytest.raises(NotFoundError):
        admit(house, mine, as_attendee=99)
    dismiss(house, mine, who="claire")


def test_what_nobody_was_invited_to_has_no_newcomers(house: House) -> None:
    mine = house.confirmed("flexi-16")
    with pytest.raises(WrongStateError):
        admit(house, mine)


def test_coordinators_register_aliases(house: House, answers: Answers, mine: int) -> None:
    claire, anne = house.actors["claire"], house.actors["anne"]
    with house.book() as db:
        first = aliases.add(db, GMAIL, ZOE, by=claire, now=house.now)
        again = aliases.add(db, GMAIL, ZOE, by=claire, now=house.now)
        assert first.id == again.id
        assert [alias.address for alias in aliases.aliases_of(db, by=claire)] == [GMAIL]
        with pytest.raises(InvalidInputError):
            aliases.add(db, ZOE, ZOE, by=claire, now=house.now)
        with pytest.raises(NotAllowedError):
            aliases.add(db, GMAIL, YANN, by=anne, now=house.now)
    assert answers.reply(mine, GMAIL).code == "answered"
    with house.book() as db:
        aliases.remove(db, first.id, by=claire, now=house.now)
        with pytest.raises(NotFoundError):
            aliases.remove(db, first.id, by=claire, now=house.now)
    house.passes(seconds=timedelta(minutes=1).seconds)
    assert answers.reply(mine, GMAIL, "DECLINED").code == "newcomer"
    assert answers.partstat(mine) == "ACCEPTED"


def test_odd_text_from_outside_is_an_outcome(answers: Answers, mine: int) -> None:
    odd = answers.component(mine, Party("a\x00b@x.example", partstat="\x00\ud800"), uid="a\x00b")
    assert answers.send(LEA, "REPLY", odd).code == "unknown_uid"
    odd = answers.component(mine, Party(ZOE, partstat="X-\x00"), Party("a\x00b@x.example"), comment="\x00")
    assert answers.send(ZOE, "REPLY", odd).code == "no_answer"
    odd = answers.component(mine, Party("a\x00b@x.example", partstat="ACCEPTED"))
    assert answers.send(LEA, "REPLY", odd).code == "not_the_sender"
    assert answers.reply(mine, ZOE, "DELEGATED", delegated_to=("\x00",), comment="a\x00b").code == "answered"
    assert (answers.of(mine).delegated_to, answers.of(mine).comment) == ("", "ab")
    assert answers.deliver(Incoming(sender=LEA, scheduling=Scheduling("\x00", "x", (odd,)))).code == "unknown_method"
