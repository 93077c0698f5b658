"""GNOME's calendars (Evolution Data Server, with libical) subscribe: what they show is what the book says."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from deploy.processes import wait_until
from tests.calendars.dav.speaking import Dav
from tests.house import slot
from tests.oracles.evolution import Evolution, evolution


@pytest.fixture
def gnome(tmp_path: Path) -> Iterator[Evolution]:
    with evolution(tmp_path) as gnome:
        yield gnome


def subscribe(dav: Dav, gnome: Evolution) -> object:
    """As Anne, to Flexi 16."""
    address = str(dav.client.base_url.join(dav.room()))
    return gnome.do("subscribe", address=address, user=dav.house.addresses["anne"], password=dav.house.tokens["anne"])


def shown(gnome: Evolution) -> list[list[object]]:
    """Title, start and end of all dates of 2027."""
    year = (datetime(year, 1, 1, tzinfo=UTC) for year in (2027, 2028))
    start, end = (int(moment.timestamp()) for moment in year)
    found: list[list[object]] = gnome.do("dates", start=start, end=end)
    return found


def in_the_book(dav: Dav) -> list[list[object]]:
    query = """SELECT title, extract(epoch FROM starts_at)::int AS starts, extract(epoch FROM ends_at)::int AS ends
               FROM reservation WHERE state = 'confirmed' AND :room = ANY(resource_ids)"""
    rows = dav.house.rows(query, room=dav.house.rooms["flexi-16"])
    return sorted([row.title, row.starts, row.ends] for row in rows)


def test_a_room_is_shown_as_the_book_has_it_and_kept_up_to_date(dav: Dav, gnome: Evolution) -> None:
    """A series over the change of the clocks, with dates that moved, are elsewhere or were given back."""
    alone = dav.house.confirmed("flexi-16", title="Montage, son; image\\bande")
    start = datetime(2027, 10, 12, 14)  # noqa: DTZ001  on the clock on the wall
    series = dav.house.series("FREQ=WEEKLY;COUNT=8", "flexi-16", start=start, title="Club « été »")
    dav.house.decide()
    dates = dav.house.dates(series)
    dav.house.move(dates[1].id, slot(8, 10, day=2))
    dav.house.move(dates[4].id, dates[4].slot, "flexi-19")
    dav.house.cancel(dates[5].id)
    dav.house.decide()
    dav.publish()
    assert subscribe(dav, gnome) == {"is_read_only": True}
    assert wait_until(lambda: len(gnome.do("entries")) >= 2, seconds=30)
    assert wait_until(lambda: shown(gnome) == in_the_book(dav), seconds=10), (shown(gnome), in_the_book(dav))

    dav.house.change(alone, title="Autrement")
    dav.house.move(dates[2].id, dates[2].slot, "flexi-36")
    dav.house.decide()
    dav.publish()
    gnome.do("refresh")
    assert wait_until(lambda: shown(gnome) == in_the_book(dav), seconds=30), (shown(gnome), in_the_book(dav))

    assert gnome.do("write") != {}
    assert shown(gnome) == in_the_book(dav)


def test_what_leaves_the_room_and_what_is_called_off(dav: Dav, gnome: Evolution) -> None:
    moved = dav.house.confirmed("flexi-16")
    called_off = dav.house.confirmed("flexi-16", at=slot(13, 14))
    dav.publish()
    subscribe(dav, gnome)
    assert wait_until(lambda: len(gnome.do("entries")) == 2, seconds=30)
    dav.house.move(moved, slot(), "flexi-19")
    dav.house.cancel(called_off)
    dav.house.decide()
    dav.publish()
    gnome.do("refresh")
    assert wait_until(lambda: [one["status"] for one in gnome.do("entries")] == ["CANCELLED"], seconds=30)
