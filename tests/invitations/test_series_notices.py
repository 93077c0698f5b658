"""What a requester hears of a series: one letter about all its dates, then one for each thing that becomes of some."""

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest

from shared import holds, recurring
from shared.domain.slots import Slot
from tests.house import House
from tests.post_office import Mail, PostOffice

ZOE = "zoe@college.example"
ANNE, CLAIRE = "anne@example.org", "claire@example.org"
WEEKLY = "FREQ=WEEKLY;COUNT=6"


def block(house: House, day: date, room: str = "flexi-16", hour: int = 14) -> int:
    """Basile has the room on that day (UTC)."""
    at = datetime.combine(day, time(hour), house.now.tzinfo)
    return house.confirmed(room, who="basile", at=Slot(at, at + timedelta(hours=1)), title="Robotique")


def asked(house: House, post: PostOffice, *blocked: date, **more: Any) -> tuple[int, dict[str, Mail]]:
    """A series of which some dates are taken, and the mails to its people."""
    for day in blocked:
        block(house, day)
    post.announce_all()
    series = house.series(WEEKLY, guests=[ZOE], **more)
    house.decide()
    return series, post.announce()


def kinds(mails: list[Mail]) -> list[tuple[str, str]]:
    """Who got a letter with which first words of its subject."""
    return sorted((mail.recipient, str(mail.parsed["Subject"]).partition("\u00a0:")[0]) for mail in mails)


def test_the_invitation_says_what_became_of_each_date(house: House, post: PostOffice) -> None:
    _, mails = asked(house, post, date(2027, 11, 23), on_conflict="skip")
    assert set(mails) == {ANNE, ZOE}
    assert "est confirmée en partie : 5 dates sur 6." in mails[ANNE].words
    reason = "Cet espace est déjà réservé à ce moment-là."
    assert f"Date laissée de côté (1) :\n- mardi 23 novembre 2027 : {reason}\n" in mails[ANNE].words
    assert "sauf le 23 novembre" in mails[ZOE].words
    assert reason not in mails[ZOE].words
    assert post.announce() == {}


def test_a_date_that_is_placed_elsewhere_is_told_to_everybody(house: House, post: PostOffice) -> None:
    series, mails = asked(house, post, date(2027, 11, 23), on_conflict="propose")
    placed = house.dates(series)[2]
    assert placed.resource_ids != [house.rooms["flexi-16"]]
    for to in (ANNE, ZOE):
        assert "Date changée pour éviter un conflit (1) :\n- mardi 23 novembre 2027 : désormais " in mails[to].words
    assert "en partie" not in mails[ANNE].words


def test_a_series_that_is_refused_is_one_letter_with_what_is_free(house: House, post: PostOffice) -> None:
    _, mails = asked(house, post, date(2027, 11, 23))
    assert {to: mail.method for to, mail in mails.items()} == {ANNE: "REFUSAL"}
    words = mails[ANNE].words
    assert "aucune de ses dates n'est réservée" in words.replace("\u2019", "'")
    plain = words.translate({ord("\u202f"): " ", ord("\u00a0"): " "})
    assert "La série était demandée en entier ; dates impossibles : 1 sur 6.\n" in plain
    assert "Date impossible (1) :\n- mardi 23 novembre 2027 : Cet espace est déjà réservé" in words
    assert "Ce qui est libre :\n- " in words
    assert "Robotique" not in words
    house.rows("UPDATE reservation SET unannounced_since = now() RETURNING 1")
    assert post.announce() == {}


def test_a_series_of_which_every_date_is_taken_is_one_letter(house: House, post: PostOffice) -> None:
    days = [date(2027, 11, 9) + timedelta(weeks=week) for week in range(6)]
    _, mails = asked(house, post, *days, on_conflict="skip")
    assert set(mails) == {ANNE}
    assert "Dates impossibles (6)" in mails[ANNE].words


def test_a_series_that_awaits_approval_is_one_letter_to_each(house: House, post: PostOffice) -> None:
    house.rule(who_may_book=["coordinators"], who_may_request=["everybody"])
    series, mails = asked(house, post)
    assert {to: mail.method for to, mail in mails.items()} == {ANNE: "NOTICE", CLAIRE: "NOTICE"}
    assert "Dates retenues, pas encore confirmées (6)" in mails[ANNE].words
    assert "Anne souhaite réserver pour « Club » et attend votre décision." in mails[CLAIRE].words
    assert "Quand : chaque mardi, de 14 h à 16 h, du 9 novembre au 14 décembre 2027\n" in mails[CLAIRE].words
    with house.book() as db:
        holds.approve_series(db, series, reason="", by=house.actors["claire"], now=house.now)
    mails = post.announce()
    assert {to: (mail.method, mail.sequence) for to, mail in mails.items()} == dict.fromkeys(
        (ANNE, ZOE), ("REQUEST", 0)
    )
    assert "Dates confirmées (6)" in mails[ANNE].words


def test_who_decides_on_a_series_is_reminded_once_for_all_its_dates(house: House, post: PostOffice) -> None:
    house.rule(who_may_book=["coordinators"], who_may_request=["everybody"])
    series, _ = asked(house, post)
    house.approve(house.dates(series)[0].id)
    post.announce()
    house.passes(hours=24)
    house.run_timers()
    [mail] = post.collect()
    assert kinds([mail]) == [(CLAIRE, "Toujours à valider")]
    assert "Dates retenues, pas encore confirmées (5)" in mail.words
    house.passes(hours=24)
    house.run_timers()
    assert len(post.collect()) == 2  # and the site itself
    house.passes(hours=24)
    house.run_timers()
    [expired] = post.announce_all()
    assert kinds([expired]) == [(ANNE, "Demande expirée")]
    assert "Dates expirées (5)" in expired.words


def test_dates_that_expire_one_after_the_other_are_one_letter(house: House, post: PostOffice) -> None:
    house.rule(who_may_book=["coordinators"], who_may_request=["everybody"])
    asked(house, post)
    house.passes(hours=48)
    house.run_timers()
    post.collect()
    house.passes(hours=24)
    for _ in range(6):
        assert post.announce() == {}
        with house.book() as db:
            holds.run_due(db, now=house.now)
    assert "Dates expirées (6)" in post.announce()[ANNE].words


def test_the_dates_that_are_declined_are_one_letter(house: House, post: PostOffice) -> None:
    house.rule(who_may_book=["coordinators"], who_may_request=["everybody"])
    series, _ = asked(house, post)
    dates = house.dates(series)
    for a_date in dates[:4]:
        house.approve(a_date.id)
    house.decline(dates[4].id, "C'est la semaine du festival.")
    house.decline(dates[5].id, "C'est la semaine du festival.")
    mails = post.announce_all()
    assert kinds(mails) == [
        (ANNE, "Demande non acceptée"),
        (ANNE, "Réservation confirmée en partie"),
        (ZOE, "Invitation"),
    ]
    [declined] = [mail for mail in mails if mail.method == "REFUSAL"]
    assert declined.words.count("C'est la semaine du festival.") == 1
    assert "Dates refusées (2)" in declined.words


def test_a_date_that_waited_is_told_when_it_is_had(house: House, post: PostOffice) -> None:
    blocking = block(house, date(2027, 11, 23))
    post.announce_all()
    house.series(WEEKLY, guests=[ZOE], on_conflict="wait")
    house.decide()
    mails = post.announce()
    assert "Date en liste d'attente (1) :\n- mardi 23 novembre 2027" in mails[ANNE].words.replace("\u2019", "'")
    assert "attente" not in mails[ZOE].words
    house.cancel(blocking, who="basile")
    house.decide()
    mails = post.announce()
    assert (mails[ZOE].method, mails[ZOE].sequence) == ("REQUEST", 1)
    assert "Date confirmée (1) :\n- mardi 23 novembre 2027\n" in mails[ZOE].words


def test_a_date_that_is_offered_is_told_alone_and_has_to_be_confirmed(house: House, post: PostOffice) -> None:
    house.rule(waiting_list={"mode": "offer", "offer_hours": 12})
    blocking = block(house, date(2027, 11, 23))
    house.series(WEEKLY, guests=[ZOE], on_conflict="wait")
    house.decide()
    post.announce_all()
    house.cancel(blocking, who="basile")
    house.decide()
    mails = [mail for mail in post.announce_all() if mail.recipient in {ANNE, ZOE}]
    assert kinds(mails) == [(ANNE, "Une place s\u2019est libérée")]
    [mail] = mails
    assert "Quand : mardi 23 novembre 2027, de 14 h 00 à 16 h 00\nSérie : chaque mardi" in mail.words


def test_a_refused_change_of_all_dates_is_one_letter(house: House, post: PostOffice) -> None:
    series, _ = asked(house, post)
    block(house, date(2027, 11, 23), hour=9)
    post.announce_all()
    with house.book() as db:
        wanted = recurring.SeriesChange(start=time(9, 30))
        recurring.change_series(db, series, wanted, by=house.actors["anne"], now=house.now)
    house.decide()
    mails = post.announce()
    assert {to: mail.method for to, mail in mails.items()} == {ANNE: "REFUSAL"}
    assert "pu changer la série « Club » comme vous le demandiez." in mails[ANNE].words
    assert "Date impossible (1) :\n- mardi 23 novembre 2027 : de 9 h 30 à 11 h 30. Cet espace" in mails[ANNE].words


def test_a_refused_move_of_one_date_is_told_of_that_date(house: House, post: PostOffice) -> None:
    series, _ = asked(house, post)
    block(house, date(2027, 11, 23), hour=9)
    post.announce_all()
    moved = house.dates(series)[2]
    house.move(moved.id, moved.slot.starting(moved.starts_at - timedelta(hours=4)))
    house.decide()
    [mail] = post.announce_all()
    assert mail.method == "REFUSAL"
    kept = "Votre réservation reste comme elle était : mardi 23 novembre 2027, de 14 h 00 à 16 h 00."
    assert kept in mail.words
    assert "Robotique" in mail.words


def test_a_date_that_cannot_come_back_is_told_alone(house: House, post: PostOffice) -> None:
    series, _ = asked(house, post)
    for a_date in house.dates(series)[2:4]:
        house.cancel(a_date.id)
    post.announce_all()
    for day in (date(2027, 11, 23), date(2027, 11, 30)):
        block(house, day)
        with house.book() as db:
            recurring.bring_back(db, series, day, by=house.actors["anne"], now=house.now)
    house.decide()
    mails = [mail for mail in post.announce_all() if mail.recipient == ANNE]
    assert [mail.method for mail in mails] == ["REFUSAL", "REFUSAL"]
    assert ["mardi 23 novembre" in mails[0].words, "mardi 30 novembre" in mails[1].words] == [True, True]


def test_dates_that_are_held_and_given_back_by_a_coordinator_are_one_letter(house: House, post: PostOffice) -> None:
    house.rule(who_may_book=["coordinators"], who_may_request=["everybody"])
    series, _ = asked(house, post)
    with house.book() as db:
        by, now = house.actors["claire"], house.now
        recurring.cancel_series(db, series, reason="Les travaux durent.", by=by, now=now)
    [mail] = post.announce_all()
    assert (mail.recipient, mail.method) == (ANNE, "NOTICE")
    assert "Dates annulées (6)" in mail.words
    assert mail.words.count("Les travaux durent.") == 1


@pytest.mark.parametrize("count", [1, 366])
def test_a_series_of_one_date_and_one_of_a_year_of_days_are_told(house: House, post: PostOffice, count: int) -> None:
    start = datetime(2027, 12, 1, 18)  # noqa: DTZ001
    house.series(f"FREQ=DAILY;COUNT={count}", start=start, guests=[ZOE])
    house.decide()
    mails = post.announce()
    assert {mail.method for mail in mails.values()} == {"REQUEST"}
    assert "RRULE" in mails[ZOE].event
