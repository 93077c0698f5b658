"""Rules of every shape, each with a date on which it falls."""

from dataclasses import replace
from datetime import date

from hypothesis import assume
from hypothesis import strategies as st

from shared.domain.recurrence import FREQUENCIES, MONTH_DAYS, Recurrence

# days before both clock changes of Paris and of Miquelon, and what a calendar has of odd days
NOTABLE = [
    date(2027, 3, 9),
    date(2027, 3, 24),
    date(2027, 10, 28),
    date(2027, 11, 4),
    date(2026, 12, 28),
    date(2027, 1, 29),
    date(2028, 2, 28),
]

weekdays = st.integers(0, 6)
# one fifth weekday at most, as Recurrence asks
nth = st.tuples(
    st.sets(st.tuples(weekdays, st.sampled_from([1, 2, 3, 4, -1])), max_size=3),
    st.sets(st.tuples(weekdays, st.just(5)), max_size=1),
).map(lambda days: days[0] | days[1])
month_days = st.sets(st.one_of(st.sampled_from(sorted(MONTH_DAYS)), st.sampled_from([1, 29, 30, 31, -1])), max_size=3)


@st.composite
def beginnings(draw: st.DrawFn) -> tuple[Recurrence, date]:
    """A rule without an end, and a date on which it falls."""
    freq, interval = draw(st.sampled_from(sorted(FREQUENCIES))), draw(st.sampled_from([1, 1, 2, 3, 4, 12]))
    rule = Recurrence(freq, interval)
    if freq == "WEEKLY":
        rule = replace(rule, weekdays=tuple(sorted(draw(st.sets(weekdays)))))
    if freq == "MONTHLY" and draw(st.booleans()):
        rule = replace(rule, nth=tuple(sorted(draw(nth))))
    elif freq == "MONTHLY":
        rule = replace(rule, month_days=tuple(sorted(draw(month_days))))
    earliest = draw(st.one_of(st.sampled_from(NOTABLE), st.dates(date(2026, 1, 1), date(2030, 12, 31))))
    first = next(rule.dates(earliest), None)
    assume(first is not None)
    return rule, first or earliest
