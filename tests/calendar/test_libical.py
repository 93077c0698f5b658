"""What libical, GNOME's and KDE's library, reads in every kind of calendar that is sent."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from shared.calendar.entry import Entry, Guest, Method, render
from shared.calendar.series import SeriesEntry, render_occurrences, render_series
from tests.oracles.evolution import Evolution, evolution

OCCURRENCE = datetime(2027, 11, 2, 8, tzinfo=UTC)
KINDS: dict[str, tuple[Method, dict[str, Any]]] = {
    "request": ("REQUEST", {}),
    "changed request": ("REQUEST", {"sequence": 1, "summary": "Atelier storyboard; déplacé, \\ou pas"}),
    "changed occurrence": ("REQUEST", {"sequence": 2, "recurrence_id": OCCURRENCE}),
    "cancellation": ("CANCEL", {"sequence": 3}),
    "for many": ("REQUEST", {"guests": tuple(Guest(f"g{n}@x.example", f"Zoé, n° {n}") for n in range(50))}),
}
# the hour that the clocks skip and the one that they repeat, and mornings around them
MORNINGS = ((1, 12, 8), (7, 6, 7), (3, 28, 0, 30), (3, 28, 1), (10, 31, 0))
STARTS = [datetime(2027, *when, tzinfo=UTC) for when in MORNINGS]
STARTS += [datetime(2027, 10, 31, 0, 30, tzinfo=UTC), datetime(2027, 10, 31, 1, 30, tzinfo=UTC)]


@pytest.fixture(scope="module")
def libical(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[bytes], dict[str, Any]]]:
    """What it understands: `method`, `errors`, and `events` with their times in seconds."""
    with evolution(tmp_path_factory.mktemp("libical")) as gnome:
        yield _reader(gnome)


def _reader(gnome: Evolution) -> Callable[[bytes], dict[str, Any]]:
    def read(calendar: bytes) -> dict[str, Any]:
        found: dict[str, Any] = gnome.do("read", calendar=calendar.decode())
        assert found["errors"] == 0
        return found

    return read


def told(entry: Entry) -> dict[str, Any]:
    """An entry as it should be understood."""
    return {
        "uid": entry.uid,
        "summary": entry.summary,
        "sequence": entry.sequence,
        "start": entry.start.timestamp(),
        "end": entry.end.timestamp(),
        "recurs_at": entry.recurrence_id and entry.recurrence_id.timestamp(),
    }


def test_every_calendar_is_read_at_its_instant(
    an_entry: Callable[..., Entry], libical: Callable[[bytes], dict[str, Any]]
) -> None:
    for start in STARTS:
        for method, otherwise in KINDS.values():
            entry = an_entry(start=start, end=start + timedelta(hours=6), **otherwise)
            assert libical(render(entry, method)) == {"method": method, "errors": 0, "events": [told(entry)]}


def test_a_series_with_what_is_otherwise(
    a_series: Callable[..., SeriesEntry], libical: Callable[[bytes], dict[str, Any]]
) -> None:
    series = a_series("FREQ=WEEKLY;COUNT=8", without=(2,), changed={4: {"summary": "Atelier son"}})
    master, *rest = libical(render_series(series, "REQUEST"))["events"]
    assert master == told(series.master)
    assert rest == [told(entry) for entry in series.overrides]
    one = next(iter(series.overrides))
    assert libical(render_occurrences([one], "REQUEST"))["events"] == [told(one)]
