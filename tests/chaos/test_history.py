"""The checks themselves: a sound history passes them, and each kind of damage is noticed."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from shared.domain.slots import Slot
from shared.store.base import engine
from tests.chaos import history
from tests.chaos.book import Book, read
from tests.chaos.load import Asked
from tests.chaos.replay import replay
from tests.chaos.test_crash_points import work
from tests.house import House
from tests.mail.server import MailServer

Story = tuple[Book, list[Asked]]
NOON = datetime.now(UTC).replace(hour=12, minute=0, second=0, microsecond=0) + timedelta(days=30)


@pytest.fixture
def story(house: House, tmp_path: Path) -> Story:
    """Anne holds Flexi 16 and moves, Basile wants it and is refused, then gets another room and gives it back."""
    house.now = datetime.now(UTC) - timedelta(minutes=1)  # the mails of both parts are due when they are sent
    with MailServer(folder=tmp_path) as post:
        asked = [_ask(house, "first", "flexi-16", guests=["guest@example.org"])]
        asked.append(_ask(house, "second", "flexi-16", who="basile"))
        asked.append(_ask(house, "third", "flexi-19", who="basile"))
        house.decide()
        house.announce()
        assert work(post, "everything") == 0
        house.passes(seconds=5)
        house.move(asked[0].id, _slot(3))
        house.decide()
        house.cancel(asked[2].id, "basile")
        house.announce()
        assert work(post, "everything") == 0
    return read(engine(), tmp_path), asked


@pytest.fixture
def line(house: House, tmp_path: Path) -> Story:
    """Basile stands in line for what Anne has, and gets it before Claire, who asks later.

    What Anne asks for instead awaits approval, of which a coordinator is reminded; her option ends unconfirmed.
    """
    house.now = datetime.now(UTC) - timedelta(minutes=1)
    house.rule("room", "escapelab", who_may_book=["coordinators"], who_may_request=["everybody"])
    asked = [_ask(house, "first", "flexi-16"), _ask(house, "second", "flexi-16", who="basile", on_conflict="wait")]
    until = house.now + timedelta(hours=25)
    asked += [_ask(house, "third", "escapelab"), _ask(house, "fourth", "flexi-36", option_until=until)]
    house.decide()
    assert work(None, "relay") == 0
    house.passes(minutes=5)
    house.cancel(asked[0].id)
    asked.append(_ask(house, "fifth", "flexi-16", who="claire"))
    house.decide()
    house.passes(hours=25)
    house.run_timers()
    assert work(None, "relay") == 0
    (tmp_path / "new").mkdir()  # no mail went out
    return read(engine(), tmp_path), asked


def test_a_sound_history_passes(story: Story) -> None:
    assert history.wrong(*story) == []
    assert len(story[0].mails) == 7


def test_a_sound_history_of_holds_and_of_a_line_passes(line: Story) -> None:
    assert _wrong_but_untold(*line) == []
    assert {"ApprovalReminded", "ReservationExpired", "ReservationWaitlisted"} <= {e.type for e in line[0].events}


def test_every_damage_is_noticed(story: Story) -> None:
    unnoticed = [
        words
        for words, book, asked in (*_damages(*story), *_unfair(*story))
        if not any(words in line for line in history.wrong(book, asked))
    ]

    assert unnoticed == []


def test_every_wrong_end_and_everybody_passed_over_is_noticed(line: Story) -> None:
    unnoticed = [
        words
        for words, book in (*_passed_over(*line), *_wrong_lives(line[0]))
        if not any(words in line for line in _wrong_but_untold(book, line[1]))
    ]

    assert unnoticed == []


def test_every_mail_that_was_lost_or_handled_twice_is_noticed(story: Story) -> None:
    book, asked = story
    mail = SimpleNamespace(id=1, message_id="<a>", state="handled", outcome="answered")
    told = replace(book, inbox=[mail], answers={"mail 1": 1})
    damages = {
        "not in the inbox once": (replace(told, inbox=[], answers={}), ["<a>"]),
        "is not in the inbox once": (replace(told, inbox=[mail, mail]), ["<a>"]),
        "is not handled": (replace(told, inbox=[SimpleNamespace(**vars(mail) | {"state": "waiting"})]), ["<a>"]),
        "was noted 2 times": (replace(told, answers={"mail 1": 2}), ["<a>"]),
        "was noted 0 times": (replace(told, answers={}), ["<a>"]),
        "nobody brought": (told, []),
    }

    assert history.wrong(told, asked, ["<a>"]) == []
    assert [
        words
        for words, (damaged, brought) in damages.items()
        if not any(words in line for line in history.wrong(damaged, asked, brought))
    ] == []


def _passed_over(book: Book, asked: list[Asked]) -> Iterator[tuple[str, Book]]:
    """Histories in which Basile, in line, does not get what became free, or not before Claire."""
    second, fifth = asked[1].id, asked[-1].id
    refusal = [e for e in book.events if e.reservation_id == fifth and e.type == "ReservationRefused"]
    promotion = [e for e in book.events if e.reservation_id == second and e.type == "ReservationConfirmed"]
    others = [event for event in book.events if event not in refusal]
    yield "was passed over by", replace(book, events=_changed(others, lambda e: e in promotion, reservation_id=fifth))
    yield "still waits, though all is free", replace(book, events=[e for e in others if e not in promotion])


def _wrong_lives(book: Book) -> Iterator[tuple[str, Book]]:
    """Books in which a timer ran twice, was lost or does not belong there."""

    def again(kind: str) -> list[Any]:
        return [*book.events, *(event for event in book.events if event.type == kind)]

    held = next(r.id for r in book.reservations.values() if r.state == "tentative")
    over = next(r.id for r in book.reservations.values() if r.state == "expired")
    yield "happened to what was", replace(book, events=again("ReservationExpired"))
    yield "2 times ApprovalReminded", replace(book, events=again("ApprovalReminded"))
    yield "0 times ApprovalReminded", replace(book, events=[e for e in book.events if e.type != "ApprovalReminded"])
    yield f"reservation {held} is approval", replace(book, timers=[])
    yield (
        f"reservation {over} is expired",
        replace(book, timers=_changed(book.timers, lambda _: True, reservation_id=over)),
    )
    states = {id_: _altered(row, state="confirmed", hold=None) for id_, row in book.reservations.items()}
    yield " should be ", replace(book, reservations=states)


def _wrong_but_untold(book: Book, asked: list[Asked]) -> list[str]:
    """What is wrong with the decisions; the mails are told of in the other story."""
    return [*history.fairness(book, replay(book, asked)), *history.lives(book)]


def _unfair(book: Book, asked: list[Asked]) -> Iterator[tuple[str, Book, list[Asked]]]:
    """Histories in which somebody was wronged, and the words for it."""
    first, second, third = asked
    tomorrow = replace(second, start=second.start + timedelta(days=1), end=second.end + timedelta(days=1))
    both = _changed(book.events, lambda e: e.type == "ReservationRefused", type="ReservationConfirmed")
    known_before = _changed(
        book.events,
        lambda e: e.reservation_id == second.id and e.type == "ReservationRequested",
        relayed_at=book.events[0].recorded_at - timedelta(seconds=1),
    )
    yield "refused, though all was free", book, [first, tomorrow, third]
    yield "held at once", replace(book, events=both), asked
    yield " overtook ", replace(book, events=known_before), asked


def _damages(book: Book, asked: list[Asked]) -> Iterator[tuple[str, Book, list[Asked]]]:
    """Books and mails with one thing wrong, and the words for it."""

    def anything(_: Any) -> bool:
        return True

    first, *_, last = book.mails
    gone = [mail for mail in book.mails if mail.recipient != last.recipient or mail.message_id == last.message_id]
    states = {id_: _altered(row, state="requested") for id_, row in book.reservations.items()}
    titles = {id_: _altered(row, title="first") for id_, row in book.reservations.items()}
    yield "undecided", replace(book, reservations=states), asked
    yield "first was answered as reservation", replace(book, reservations=titles), asked
    yield "lost was answered as reservation", book, [*asked, replace(asked[0], title="lost")]
    yield "nobody asked for", book, asked[:2]
    yield "activity", replace(book, activities={"twice": 2}), asked
    yield "overlap", replace(book, overlaps=book.occupancies), asked
    yield " holds ", replace(book, occupancies=[]), asked
    yield (
        "unrelayed",
        replace(book, events=_changed(book.events, lambda e: e is book.events[-1], relayed_at=None)),
        asked,
    )
    yield "is not sent", replace(book, deliveries=_changed(book.deliveries, anything, state="dead")), asked
    yield "other bytes", replace(book, deliveries=_changed(book.deliveries, anything, message=b"other")), asked
    yield "was not received", replace(book, mails=gone), asked
    yield "ambiguous attempts", replace(book, mails=[*book.mails, first]), asked
    yield "not in the ledger", replace(book, deliveries=book.deliveries[1:]), asked
    yield "different mails for", replace(book, mails=[*book.mails, replace(first, content=b"other")]), asked
    yield " after ", replace(book, mails=book.mails[::-1]), asked
    nobody = _changed(book.attendees, anything, removed_at=datetime.now(UTC))
    yield "should be in the calendars of", replace(book, attendees=nobody), asked
    yield "the calendar of", replace(book, room_names=dict.fromkeys(book.room_names, "Mars")), asked
    yield "nobody knows of", replace(book, invitations=[]), asked


def _changed(rows: Sequence[Any], which: Callable[[Any], bool], **values: object) -> list[Any]:
    return [_altered(row, **values) if which(row) else row for row in rows]


def _altered(row: Any, **values: object) -> Any:
    return SimpleNamespace(**(dict(row._mapping) | values))


def _ask(house: House, title: str, room: str, **more: Any) -> Asked:
    slot = _slot()
    return Asked(title, title, slot.start, slot.end, (room,), house.ask(room, title=title, at=slot, **more))


def _slot(later: int = 0) -> Slot:
    return Slot(NOON + timedelta(hours=later), NOON + timedelta(hours=later + 2))
