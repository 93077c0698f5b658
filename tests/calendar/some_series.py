"""Series whose occurrences were skipped, moved, shortened or told otherwise, at any hour and across clock changes."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

from hypothesis import assume, reject
from hypothesis import strategies as st

from shared.calendar.entry import Entry, Guest, Party
from shared.calendar.series import SeriesEntry
from shared.domain.errors import InvalidInputError
from shared.domain.occurrences import Occurrence, expand
from shared.domain.recurrence import Recurrence
from tests.calendar.some_rules import beginnings

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)

minutes = st.integers(1, 1440).map(lambda number: number * MINUTE)
lengths = st.one_of(st.sampled_from([HOUR, 12 * HOUR, DAY, 60 * HOUR]), minutes)
whole_minutes = st.times().map(lambda at: at.replace(second=0, microsecond=0))
times = st.one_of(st.sampled_from([time(0), time(1, 30), time(2, 30), time(20)]), whole_minutes)

Fate = Callable[[Entry], Entry | None]

kept: st.SearchStrategy[Fate] = st.just(lambda entry: entry)
skipped: st.SearchStrategy[Fate] = st.just(lambda _: None)
moved: st.SearchStrategy[Fate] = st.integers(-5000, 5000).map(lambda minutes: _later(minutes * MINUTE))
shortened: st.SearchStrategy[Fate] = st.just(
    lambda entry: replace(entry, end=entry.end - (entry.end - entry.start) / 2)
)
elsewhere: st.SearchStrategy[Fate] = st.just(lambda entry: replace(entry, location="Flexi 19", summary="Atelier son"))
joined: st.SearchStrategy[Fate] = st.just(lambda entry: replace(entry, guests=(*entry.guests, Guest("max@x.example"))))


@st.composite
def some_series(draw: st.DrawFn) -> SeriesEntry:
    """A series of which at least one occurrence is left."""
    rule, first = draw(beginnings())
    zone = draw(st.sampled_from(["Europe/Paris", "Europe/Paris", "America/Miquelon", "Indian/Reunion"]))
    at, length = draw(times), draw(lengths)
    occurrences = _expanded(replace(rule, count=draw(st.integers(1, 30))), datetime.combine(first, at), length, zone)
    usual = Entry(
        uid="series-7@atelier62.example",
        sequence=2,
        dtstamp=datetime(2027, 1, 4, 8, 15, 30, tzinfo=UTC),
        start=occurrences[0].slot.start,
        end=occurrences[0].slot.end,
        zone=zone,
        summary="Atelier storyboard",
        location="Flexi 16",
        organizer=Party("reservations@atelier62.example", "Atelier Canopé 62"),
        guests=(Guest("zoe@plan-sequence.example", "Zoé Martin"),),
    )
    fate = st.one_of(kept, kept, skipped, moved, shortened, elsewhere, joined)
    fates = draw(st.lists(fate, min_size=len(occurrences), max_size=len(occurrences)))
    held = [
        replace(usual, recurrence_id=occurrence.recurs_at, start=occurrence.slot.start, end=occurrence.slot.end)
        for occurrence in occurrences
    ]
    left = [change(entry) for entry, change in zip(held, fates, strict=True)]
    live = [entry for entry in left if entry is not None]
    assume(live)
    return SeriesEntry(usual=usual, rule=rule, occurrences=tuple(live))


def _expanded(rule: Recurrence, first: datetime, length: timedelta, zone: str) -> list[Occurrence]:
    """The occurrences without those that the clock change forbids, as their requester would have to ask for them."""
    skip: set[date] = set()
    while True:
        try:
            return expand(rule, first, length, zone, skip=skip)
        except InvalidInputError as error:
            if "date" not in error.details:  # overlapping each other, or none left
                reject()
            skip.add(date.fromisoformat(str(error.details["date"])))


def _later(by: timedelta) -> Fate:
    return lambda entry: replace(entry, start=entry.start + by, end=entry.end + by, sequence=3)
