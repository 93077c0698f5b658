"""Notices: letters beside the calendar, about what is held, awaits somebody, waits in line or came to its end.

Guards. What was told last stands in `invitation.noticed`, a line for each fact, written in the commit that writes the
letters: a fact is told once, and one that passed before anybody was told of it is not told.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from sqlalchemy import text

from shared.invitations.beside import About, news_of, withdrawn_by_others
from shared.invitations.circle import Circle
from shared.invitations.fact import Fact, facts_of, held_of, named
from shared.invitations.news import News
from shared.invitations.post import Posting, To
from shared.invitations.series_now import SeriesNow
from shared.store.base import Db
from shared.store.reservations import Reservation
from shared.store.series import Series

# fact → who reads which letter, in the order in which they matter
LETTERS: dict[str, tuple[tuple[To, str], ...]] = {
    "approval": ((To.OWNER, "pending"), (To.COORDINATORS, "approval")),
    "option": ((To.OWNER, "option"),),
    "offer": ((To.OWNER, "offer"),),
    "waitlisted": ((To.OWNER, "waitlisted"),),
    "declined": ((To.OWNER, "declined"),),
    "refused": ((To.OWNER, "refusal"),),
    "unmoved": ((To.OWNER, "refusal"),),
    "expired": ((To.OWNER, "expired"),),
    "withdrawn": ((To.OWNER, "cancellation"),),
}
ORDER = list(LETTERS)
# what a letter about a whole series does not say: until when its owner has to do something, and what was not changed
BESIDES = frozenset({"option", "offer", "unmoved"})

REMINDERS: dict[str, To] = {"option_reminder": To.OWNER, "approval_reminder": To.COORDINATORS}
# each date of a series has timers of its own, which run one after the other: the first one reminds of all
LATELY = text("""
SELECT 1 FROM delivery WHERE uid = :uid AND recurrence = :occasion AND method = 'NOTICE'
AND created_at > CAST(:now AS timestamptz) - interval '1 hour' LIMIT 1
""")


def notice(circle: Circle, reservation: Reservation) -> None:
    """Tell what there is to tell of a reservation beside the calendar, once."""
    about = About(circle.db, circle.now)
    for fact in _fresh(circle, [reservation]):
        _Letters(circle, about, [fact]).write()


def notice_deciders(db: Db, reservation: Reservation, *, now: datetime) -> None:
    """Tell the coordinators what there is to decide of a reservation whose owner hears of it otherwise."""
    circle = Circle.around(db, reservation, now=now)
    about = About(db, now)
    for fact in _fresh(circle, [reservation]):
        _Letters(circle, about, [fact]).write(to_owner=False)


def notice_deciders_of_series(db: Db, series: SeriesNow, *, now: datetime) -> None:
    """The same of all dates of a series, in one letter."""
    circle = series.circle(now=now, correlation_id=series.head.correlation_id)
    for facts in _together(_fresh(circle, series.dates, series.former), is_first=False):
        _Letters(circle, About(db, now, series), facts).write(to_owner=False)


def notice_series(circle: Circle, about: About, *, is_first: bool, is_invited: bool) -> None:
    """The same of all dates of a series, those of one fate in one letter.

    is_first: its owner hears of it for the first time, and so of all its dates at once: in the first of these letters,
    or in the invitation (is_invited), and the others say only what is to be done.
    """
    dates, former = (about.series.dates, about.series.former) if about.series else ((), ())
    fresh = _fresh(circle, dates, former)
    letters = [_Letters(circle, about, facts) for facts in _together(fresh, is_first=is_first)]
    if is_first and letters and not is_invited:
        letters.pop(0).write(is_whole=True)
    for some in letters:
        some.write(to_owner=not is_first or some.kind in BESIDES)


def notify(db: Db, reservation: Reservation, kind: str, *, now: datetime, escalate: bool = False) -> None:
    """Remind whoever decides or confirms, of all dates of a series at once; to escalate is to tell the site as well."""
    about, facts = About(db, now), [Fact(reservation, kind.removesuffix("_reminder"))]
    if reservation.series_id is None:
        circle = Circle.around(db, reservation, now=now)
    else:
        series = SeriesNow.read(db, db.get_one(Series, reservation.series_id))
        circle = series.circle(now=now, correlation_id=reservation.correlation_id)
        about = About(db, now, series)
        facts = [Fact(date, facts[0].kind) for date in series.dates if date.hold == reservation.hold]
    occasion = "approval_escalation" if escalate else kind
    if about.series and db.execute(LATELY, {"uid": circle.invitation.uid, "occasion": occasion, "now": now}).first():
        return
    to = To.COORDINATORS_AND_CONTACT if escalate else REMINDERS[kind]
    circle.tell(to, kind, "NOTICE", news_of(about, facts), recurrence=occasion)


def _fresh(circle: Circle, reservations: Sequence[Reservation], former: Sequence[Reservation] = ()) -> list[Fact]:
    """What is to be told now; all that is so is noted as told, also of former ones, which nobody needs to hear."""
    lines = set(circle.invitation.noticed.splitlines())
    held = held_of(lines)
    facts, more = ([f for r in some for f in facts_of(r, held)] for some in (reservations, former))
    circle.invitation.noticed = "\n".join(fact.line for fact in (*facts, *more))
    fresh = [fact for fact in facts if fact.line not in lines]
    withdrawn = [fact.reservation.id for fact in fresh if fact.kind == "withdrawn"]
    by_others = withdrawn_by_others(circle.db, withdrawn)
    # whoever cancels their own request knows it
    return [fact for fact in fresh if fact.kind != "withdrawn" or fact.reservation.id in by_others]


def _together(facts: Sequence[Fact], *, is_first: bool) -> Iterator[list[Fact]]:
    """The facts of a series that one letter tells."""

    def occasion(fact: Fact) -> tuple[int, str, int]:
        # dates that were asked for again, each for itself, are told one by one
        alone = fact.reservation.id if fact.kind == "refused" and not is_first else 0
        details = fact.details if fact.kind in {"unmoved", "expired", "withdrawn"} else ""
        return ORDER.index(fact.kind), details, alone

    for _, some in groupby(sorted(facts, key=occasion), key=occasion):
        yield list(some)


@dataclass(frozen=True, slots=True)
class _Letters:
    """The letters about facts of one kind."""

    circle: Circle
    about: About
    facts: Sequence[Fact]

    @property
    def kind(self) -> str:
        return self.facts[0].kind

    def write(self, *, is_whole: bool = False, to_owner: bool = True) -> None:
        for to, letter in LETTERS[self.kind]:
            if to_owner or to is not To.OWNER:
                self._post(to, letter, news_of(self.about, self.facts, is_whole=is_whole and to is To.OWNER))

    def _post(self, to: To, letter: str, news: News) -> None:
        if not self.facts[0].is_no:
            self.circle.tell(to, letter, "NOTICE", news, recurrence=self._occasion(letter))
            return
        # an answer's DTSTAMP is the moment of the decision, under SEQUENCE 0, for the entry's own may rise meanwhile
        decided_at = self.facts[0].reservation.decided_at or self.circle.now
        occasion = self._occasion(letter) if self.about.series else ""
        self.circle.post(to, Posting(letter, "REFUSAL", 0, decided_at, news, occasion))

    def _occasion(self, letter: str) -> str:
        """What tells letters of one moment apart: the kind, and the date if it is about one of a series."""
        recurs_at = self.facts[0].reservation.recurs_at
        return f"{letter} {named(recurs_at)}" if recurs_at and len(self.facts) == 1 else letter
