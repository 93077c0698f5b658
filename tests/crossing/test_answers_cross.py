"""Answers and updates that cross on a slow post: in the end everybody's calendar is as ours, and ours as theirs.

`HYPOTHESIS_PROFILE=long` (make fuzz) searches anew each time and for long, as in tests/state.
"""

import os
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from shared.domain.errors import CreneauError
from shared.invitations.fact import named
from shared.store.base import engine
from tests.crossing.guests import OPEN, Guest
from tests.crossing.meetings import ACTS, PEOPLE, Meetings
from tests.crossing.slow_post import Letter, SlowPost
from tests.house import MONDAY, furnished
from tests.invitations.calendar_of_somebody import NEVER, Found
from tests.post_office import Mail
from tests.second_opinion import Expand

IS_LONG = os.environ.get("HYPOTHESIS_PROFILE") == "long"
SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
PROFILE = settings(
    derandomize=not IS_LONG,
    database=None,
    max_examples=2000 if IS_LONG else 15,
    stateful_step_count=60 if IS_LONG else 25,
    deadline=None,
    suppress_health_check=SLOW,
)
RULES = ("FREQ=WEEKLY;COUNT=4", "FREQ=DAILY;COUNT=3", "FREQ=WEEKLY;BYDAY=TU,TH;COUNT=5")
PARTSTATS = ("ACCEPTED", "DECLINED", "TENTATIVE")

# what stands for somebody: each entry, or date of a series, that they are invited to
STANDING = """
SELECT i.uid, a.id, a.partstat, a.told_sequence, r.recurs_at, r.starts_at, r.ends_at, r.title,
       d.partstat AS of_date,
       (SELECT string_agg(room.name, ', ' ORDER BY room.id) FROM resource AS room
        WHERE room.id = ANY(r.resource_ids)) || ', 37 rue du Temple, Porte 3, 62012 Arras CEDEX' AS place
FROM attendee AS a JOIN invitation AS i USING (reservation_id) LEFT JOIN series AS s ON s.head_id = a.reservation_id
JOIN reservation AS r ON r.series_id = s.id OR (s.id IS NULL AND r.id = a.reservation_id)
LEFT JOIN date_answer AS d ON d.attendee_id = a.id AND d.recurs_at = r.recurs_at
WHERE a.address = :address AND a.removed_at IS NULL AND r.state = 'confirmed' ORDER BY r.starts_at
"""
numbers = st.integers(0, 60)
picks = st.lists(numbers, max_size=6)
waits = st.sampled_from((0, 1, 5, 700))


class Crossing(RuleBasedStateMachine):
    """Anne, three guests with calendars whose clocks differ, and what is under way between them."""

    expand: Expand

    @initialize(
        rule=st.sampled_from(RULES),
        invited=st.sets(st.sampled_from(sorted(PEOPLE)), min_size=1),
        is_there=st.sampled_from((True, True, False)),
    )
    def begin(self, rule: str, invited: set[str], *, is_there: bool) -> None:
        self.house = furnished()
        self.house.now = MONDAY - timedelta(days=35)
        clocks = (timedelta(minutes=-2), timedelta(), timedelta(seconds=90))
        self.guests = {
            address: Guest(address=address, clock=clock) for address, clock in zip(PEOPLE.values(), clocks, strict=True)
        }
        self.post = SlowPost(self.house, self._take)
        self.meetings = Meetings(self.house, rule, *sorted(invited))
        self.house.announce()
        self.post.collect([])
        while is_there and self.post.to_them:
            self.post.arrive(0)

    def _take(self, mail: Mail) -> None:
        if mail.method in {"REQUEST", "CANCEL"} and mail.recipient in self.guests:
            self.guests[mail.recipient].take(mail)

    @rule(act=st.sampled_from(sorted(ACTS)), n=numbers, is_told=st.sampled_from((True, True, False)))
    def anne_does(self, act: str, n: int, *, is_told: bool) -> None:
        with suppress(CreneauError):  # what cannot be done is not done
            ACTS[act](self.meetings, n)
        self.house.decide()
        if is_told:
            self.house.announce()
            self.post.collect([])

    @rule(fates=st.lists(st.sampled_from(("sent", "lost", "unsure")), max_size=4), seconds=waits)
    def it_is_announced(self, fates: list[Any], seconds: int) -> None:
        self.house.announce()
        self.post.collect(fates)
        self.house.passes(seconds=seconds)

    @rule(
        to_them=picks,
        to_us=picks,
        again=st.booleans(),
        seconds=waits,
        said=st.lists(st.sampled_from(("", *PARTSTATS)), max_size=6),
    )
    def the_post_brings(
        self, to_them: list[int], to_us: list[int], *, again: bool, seconds: int, said: list[str]
    ) -> None:
        """Whoever gets something may answer at once."""
        for number, n in enumerate(to_them):
            mail = self.post.arrive(n, again=again)
            if mail is not None and mail.recipient in self.guests and said[number : number + 1] not in ([], [""]):
                self._answer_to(self.guests[mail.recipient], mail, said[number])
        for n in to_us:
            self.post.come_in(n, again=again)
        self.house.passes(seconds=seconds)

    @rule(
        said=st.lists(st.tuples(numbers, st.sampled_from(PARTSTATS)), min_size=1, max_size=4),
        of_date=st.booleans(),
        with_dates=st.booleans(),
    )
    def people_answer(self, said: list[tuple[int, str]], *, of_date: bool, with_dates: bool) -> None:
        """What they have in their calendars, which may not be the latest."""
        for n, partstat in said:
            entries = [(guest, uid) for guest in self.guests.values() for uid in guest.entries()]
            if entries:
                guest, uid = entries[n % len(entries)]
                names = self._names(guest, uid) if of_date else []
                name = names[n % len(names)] if names else None
                self._answer(guest, uid, name, partstat, with_dates=with_dates)

    @rule(who=st.sampled_from(sorted(PEOPLE)), n=numbers)
    def somebody_is_not_sure_to_have_all(self, who: str, n: int) -> None:
        guest = self.guests[PEOPLE[who]]
        if guest.kept:
            self._send(guest, guest.ask_again(sorted(guest.kept)[n % len(guest.kept)], now=self.house.now))

    def teardown(self) -> None:
        """The post delivers everything; then whoever is still asked, answers, and it delivers that, too."""
        if not hasattr(self, "post"):
            return
        self._deliver_all()
        for guest in self.guests.values():
            self._calendar_is_ours(guest)
            self._answers_are_theirs(guest, is_asked_still=True)
            for uid, name in list(self._open_questions(guest)):
                self._answer(guest, uid, name, "ACCEPTED")
        self._deliver_all()
        for guest in self.guests.values():
            self._calendar_is_ours(guest)
            self._answers_are_theirs(guest, is_asked_still=False)

    def _deliver_all(self) -> None:
        self.house.decide()
        while True:
            self.house.passes(hours=1)
            self.house.announce()
            self.post.collect([])
            if not (self.post.to_them or self.post.to_us):
                return
            while self.post.to_them:
                self.post.arrive(0)
            while self.post.to_us:
                self.post.come_in(0)

    def _standing(self, guest: Guest) -> list[Any]:
        return self.house.rows(STANDING, address=guest.address)

    def _calendar_is_ours(self, guest: Guest) -> None:
        """Entries and times as two readers find them, and the SEQUENCE that was told last."""
        rows = self._standing(guest)
        ours: list[Found] = sorted((row.starts_at, row.ends_at, row.title, row.place) for row in rows)
        assert guest.found_by(self.expand) == (ours, ours)
        for row in rows:
            kept = guest.kept[row.uid]
            assert max([kept.rank, *kept.ranks.values()])[0] == row.told_sequence

    def _answers_are_theirs(self, guest: Guest, *, is_asked_still: bool) -> None:
        """What they said last of what stands; where their calendar asks again, what it asks is open here as well.

        But for one: a SEQUENCE rises for all dates when one moves, so that a calendar may ask again of what has not
        changed. What was said of that holds here, until it is answered again.
        """
        for row in self._standing(guest):
            mine = guest.answers[row.uid]
            held, said = row.of_date or row.partstat, mine.to(row.recurs_at)
            if is_asked_still and said == OPEN and row.recurs_at is not None and held != OPEN:
                assert (held, guest.question(row.uid, row.recurs_at)) in self._given(guest, row), (held, row)
            else:
                assert held == said, (guest.address, row)

    def _given(self, guest: Guest, row: Any) -> Iterator[tuple[str, Any]]:
        given = guest.answers[row.uid].given
        return (given[name] for name in (row.recurs_at, None) if name in given)

    def _open_questions(self, guest: Guest) -> Iterator[tuple[str, datetime | None]]:
        for uid in guest.entries():
            mine = guest.answers[uid]
            if mine.whole == OPEN:
                yield uid, None
            yield from ((uid, name) for name, partstat in mine.dates.items() if partstat == OPEN)

    def _names(self, guest: Guest, uid: str) -> list[datetime]:
        """The dates of a series as this calendar knows them: those told of for themselves, and the first."""
        known = guest.kept[uid]
        if known.master is None or "RRULE" not in known.master:
            return []
        first = known.master["DTSTART"].dt
        names = {*guest.dates_of(uid), first.astimezone(NEVER[1].tzinfo)} - set(known.cancelled)
        return sorted(names)

    def _answer_to(self, guest: Guest, mail: Mail, partstat: str) -> None:
        """The button in the mail: for what it is about, if that stands in the calendar."""
        [row] = self.house.rows("SELECT uid, recurrence FROM delivery WHERE id = :id", id=mail.delivery)
        known = guest.kept.get(row.uid)
        if mail.method != "REQUEST" or known is None or known.master is None:
            return
        names = [name for name in known.dates if named(name) == row.recurrence]
        if names or not row.recurrence:
            self._answer(guest, row.uid, names[0] if names else None, partstat)

    def _answer(
        self, guest: Guest, uid: str, name: datetime | None, partstat: str, *, with_dates: bool = False
    ) -> None:
        self._send(guest, guest.answer(uid, name, partstat, now=self.house.now, with_dates=with_dates))

    def _send(self, guest: Guest, raw: bytes) -> None:
        self.post.to_us.append(Letter(guest.address, ("reservations@creneau.example",), raw))


@pytest.mark.timeout(0 if IS_LONG else 600)  # a failing history takes minutes to be made short
def test_whatever_crosses_everybody_ends_with_the_same(database_url: str, ical_js_expands: Expand) -> None:
    assert database_url
    engine.cache_clear()
    Crossing.expand = staticmethod(ical_js_expands)  # type: ignore[assignment]
    run_state_machine_as_test(Crossing, settings=PROFILE)
    engine().dispose()
