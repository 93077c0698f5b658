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


def test_a_sound_history_passes(story: Story) -> None:
    assert list(_wrong(*story)) == []
    assert len(story[0].mails) == 7


def test_every_damage_is_noticed(story: Story) -> None:
    unnoticed = [
        words
        for words, book, asked in (*_damages(*story), *_unfair(*story))
        if not any(words in line for line in _wrong(book, asked))
    ]

    assert unnoticed == []


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


def _wrong(book: Book, asked: Sequence[Asked]) -> list[str]:
    told = history.replay(book, asked)
    fair = history.fairness(book, told)
    return [*history.bookings(book, asked), *fair, *history.mails(book), *history.calendars(book)]


def _changed(rows: Sequence[Any], which: Callable[[Any], bool], **values: object) -> list[Any]:
    return [_altered(row, **values) if which(row) else row for row in rows]


def _altered(row: Any, **values: object) -> Any:
    return SimpleNamespace(**(dict(row._mapping) | values))


def _ask(house: House, title: str, room: str, **more: Any) -> Asked:
    slot = _slot()
    return Asked(title, title, slot.start, slot.end, (room,), house.ask(room, title=title, at=slot, **more))


def _slot(later: int = 0) -> Slot:
    return Slot(NOON + timedelta(hours=later), NOON + timedelta(hours=later + 2))
