"""One entry through its life: one UID, a SEQUENCE that rises when it must, a DTSTAMP that always does."""

from datetime import timedelta
from itertools import pairwise

from tests.house import House, slot
from tests.post_office import PostOffice

ZOE = "zoe@college.example"
ANNE = "anne@example.org"


def test_a_move_keeps_the_uid_raises_the_sequence_and_asks_everybody_again(house: House, post: PostOffice) -> None:
    mine = house.confirmed("flexi-16", guests=[ZOE])
    before = post.announce()
    post.answer(mine, ZOE, "ACCEPTED")
    post.answer(mine, ANNE, "TENTATIVE")
    house.passes(minutes=1)
    house.move(mine, slot(14, 16))
    house.decide()

    after = post.announce()

    assert set(after) == {ANNE, ZOE}
    assert after[ZOE].event["UID"] == before[ZOE].event["UID"]
    assert (after[ZOE].method, after[ZOE].sequence) == ("REQUEST", 1)
    assert after[ZOE].event.decoded("DTSTART") == slot(14, 16).start
    assert post.answers(mine) == {"NEEDS-ACTION"}
    assert "répondre à nouveau" in after[ZOE].words


def test_another_room_raises_the_sequence_too(house: House, post: PostOffice) -> None:
    mine = house.confirmed("flexi-16", guests=[ZOE])
    post.announce()
    post.answer(mine, ZOE, "ACCEPTED")
    house.move(mine, slot(), "flexi-36")
    house.decide()
    mail = post.announce()[ZOE]
    assert mail.sequence == 1
    assert mail.event["LOCATION"].startswith("Flexi 36, ")
    assert post.answers(mine) == {"NEEDS-ACTION"}


def test_a_text_change_keeps_the_sequence_and_the_answers(house: House, post: PostOffice) -> None:
    mine = house.confirmed("flexi-16", guests=[ZOE])
    before = post.announce()[ZOE]
    post.answer(mine, ZOE, "ACCEPTED")
    house.passes(minutes=1)
    house.change(mine, title="Storyboard", note="Apportez vos crayons.")

    after = post.announce()[ZOE]

    assert (after.method, after.sequence, after.event["SEQUENCE"]) == ("REQUEST", before.sequence, 0)
    assert after.dtstamp > before.dtstamp
    assert after.event.decoded("DTSTAMP") == after.dtstamp
    assert (after.event["SUMMARY"], after.event["DESCRIPTION"]) == ("Storyboard", "Apportez vos crayons.")
    assert "ACCEPTED" in post.answers(mine)
    assert "Votre réponse reste valable" in after.words


def test_several_changes_before_an_announcement_make_one_mail(house: House, post: PostOffice) -> None:
    mine = house.confirmed("flexi-16", guests=[ZOE])
    post.announce()
    for start in (13, 14, 15):
        house.move(mine, slot(start, start + 2))
        house.decide()
    house.change(mine, title="Storyboard")

    mail = post.announce()[ZOE]

    assert (mail.sequence, mail.event["SUMMARY"]) == (1, "Storyboard")
    assert mail.event.decoded("DTSTART") == slot(15, 17).start


def test_what_was_changed_and_changed_back_makes_no_mail(house: House, post: PostOffice) -> None:
    mine = house.confirmed("flexi-16", guests=[ZOE])
    post.announce()
    post.answer(mine, ZOE, "ACCEPTED")
    for to in (slot(14, 16), slot()):
        house.move(mine, to)
        house.decide()
    assert post.announce() == {}
    assert "ACCEPTED" in post.answers(mine)


def test_what_changes_before_the_first_announcement_is_simply_the_first_invitation(
    house: House, post: PostOffice
) -> None:
    mine = house.confirmed("flexi-16", guests=[ZOE])
    house.move(mine, slot(14, 16))
    house.decide()
    mail = post.announce()[ZOE]
    assert (mail.sequence, mail.event.decoded("DTSTART")) == (0, slot(14, 16).start)


def test_changes_within_one_second_have_strictly_later_stamps(house: House, post: PostOffice) -> None:
    mine = house.confirmed("flexi-16", guests=[ZOE])
    mails = [post.announce()[ZOE]]
    for n in range(3):
        house.passes(milliseconds=1)
        house.change(mine, title=f"Atelier, version {n}")
        mails.append(post.announce()[ZOE])
    stamps = [mail.event.decoded("DTSTAMP") for mail in mails]
    assert all(later - earlier >= timedelta(seconds=1) for earlier, later in pairwise(stamps))


def test_stamps_rise_also_when_the_clock_is_set_back(house: House, post: PostOffice) -> None:
    mine = house.confirmed("flexi-16", guests=[ZOE])
    first = post.announce()[ZOE]
    house.passes(minutes=-5)
    house.change(mine, title="Storyboard")
    house.announce()
    house.passes(minutes=5)
    [second] = [mail for mail in post.collect() if mail.recipient == ZOE]
    assert second.dtstamp > first.dtstamp


def test_a_cancellation_stands_above_everything_sent_before(house: House, post: PostOffice) -> None:
    mine = house.confirmed("flexi-16", guests=[ZOE])
    post.announce()
    house.move(mine, slot(14, 16))
    house.decide()
    moved = post.announce()[ZOE]
    house.cancel(mine)
    cancelled = post.announce()[ZOE]
    assert (cancelled.method, cancelled.sequence) == ("CANCEL", moved.sequence + 1)
    assert cancelled.event["UID"] == moved.event["UID"]
    assert cancelled.event.decoded("DTSTART") == moved.event.decoded("DTSTART")


def test_a_cancelled_move_that_was_never_told_cancels_what_people_know(house: House, post: PostOffice) -> None:
    mine = house.confirmed("flexi-16", guests=[ZOE])
    post.announce()
    house.move(mine, slot(14, 16))
    house.decide()
    house.cancel(mine)
    assert post.announce()[ZOE].event.decoded("DTSTART") == slot().start
