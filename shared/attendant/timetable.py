"""Which meetings an entry asks for, one by one: a rule is spelled out, with the dates that are different."""

from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from itertools import dropwhile, takewhile
from typing import Any
from zoneinfo import ZoneInfo

from shared.attendant import sentences
from shared.attendant.sentences import no
from shared.domain.errors import InvalidInputError
from shared.domain.policy import MOST_OCCURRENCES, Policy
from shared.domain.recurrence import Recurrence
from shared.domain.rules.series import beyond_horizon
from shared.domain.slots import instant
from shared.invitations.replies.asked import Asked, Meeting, days_of, name_of, on_date


class Impossible(Exception):  # noqa: N818 - named as what it says, like the domain's errors
    """Why it cannot be asked for, as it is kept."""

    def __init__(self, refusal: dict[str, Any]) -> None:
        super().__init__(str(refusal["code"]))
        self.refusal = refusal


@dataclass(frozen=True, slots=True)
class Limits:
    """How far the house plans, as the most careful of the rooms has it; `cuts`: what goes beyond is left out."""

    last_day: date
    horizon_days: int = 0
    most: int = MOST_OCCURRENCES
    cuts: bool = False

    @classmethod
    def of(cls, site: Policy, policies: list[Policy], today: date) -> "Limits":
        days = min(policy.series.horizon_days for policy in (site, *policies))
        cuts = all(policy.series.horizon_by_mail == "cut" for policy in policies)
        most = min(policy.series.most_occurrences for policy in policies) if cuts else MOST_OCCURRENCES
        return cls(today + timedelta(days=days), days, most, cuts)


@dataclass(frozen=True, slots=True)
class Recurring:
    """A series as it can be asked for: from its first date to come on, until its last one."""

    rule: Recurrence
    start: datetime
    length: timedelta
    zone: str
    skip: frozenset[date]
    cut_on: date | None


@dataclass(frozen=True, slots=True)
class Timetable:
    """All meetings that are to be held: the single one under '', those of the series, and dates apart from it."""

    single: Meeting | None = None
    recurring: Recurring | None = None
    series: dict[str, Meeting] = field(default_factory=dict)
    apart: dict[str, Meeting] = field(default_factory=dict)

    @property
    def whole(self) -> dict[str, Meeting]:
        """What is asked for as one."""
        return {"": self.single} if self.single else self.series


def timetable(asked: Asked, limits: Limits, now: datetime) -> Timetable:
    """What is to be held from now on; raises Impossible."""
    whole = asked.whole
    is_whole = whole is not None and whole.is_asked and whole.refusal is None
    if whole is None or not is_whole:
        return Timetable(apart=_apart(asked, frozenset()))
    if not asked.rule:
        return Timetable(single=whole, apart=_apart(asked, frozenset()))
    spelled = _Spelled(asked, whole, limits, now)
    apart = _apart(asked, frozenset(spelled.names))
    return Timetable(recurring=spelled.recurring(), series=spelled.meetings, apart=apart)


def is_same(one: Meeting, other: Meeting) -> bool:
    """Whether nothing is to be decided between these two."""
    return (one.start, one.end, one.rooms) == (other.start, other.end, other.rooms)


def _apart(asked: Asked, of_rule: frozenset[str]) -> dict[str, Meeting]:
    return {
        name: meeting
        for name, meeting in asked.dates.items()
        if name not in of_rule and meeting.is_asked and meeting.refusal is None
    }


class _Spelled:
    """A rule, spelled out: `names` are those of its dates from today on, `meetings` those that are to be held."""

    def __init__(self, asked: Asked, whole: Meeting, limits: Limits, now: datetime) -> None:
        self.asked, self.whole, self.limits, self.now = asked, whole, limits, now
        self.zone = ZoneInfo(whole.zone)
        self.rule = Recurrence.parse(asked.rule)
        self.first = whole.start.astimezone(self.zone).replace(tzinfo=None)
        self.names: list[str] = []
        self.meetings: dict[str, Meeting] = {}
        self.days: dict[str, date] = {}
        self.is_cut = False
        self._check()
        today = now.astimezone(self.zone).date()
        for day in dropwhile(lambda day: day < today, days_of(asked)):
            self._add(day)
            if self.is_cut:
                break
        if not self.meetings:
            raise Impossible(no(sentences.NO_DATES))

    def recurring(self) -> Recurring:
        """Only the dates that are to be held, under the same rule."""
        kept = [self.days[name] for name in self.meetings]
        first, last = kept[0], kept[-1]
        end = (self.whole.end or self.whole.start).astimezone(self.zone).replace(tzinfo=None)
        rule = replace(self.rule, count=None, until=last)
        between = set(takewhile(lambda day: day <= last, rule.dates(first)))
        return Recurring(
            rule=rule,
            start=datetime.combine(first, self.first.time()),
            length=end - self.first,
            zone=self.whole.zone,
            skip=frozenset(between.difference(kept)),
            cut_on=last if self.is_cut else None,
        )

    def _check(self) -> None:
        if next(self.rule.dates(self.first.date()), None) != self.first.date():
            raise Impossible(no(sentences.FIRST))
        is_endless = self.rule.until is None and self.rule.count is None
        if is_endless and not self.limits.cuts:
            self._refuse_horizon()

    def _add(self, day: date) -> None:
        if day > self.limits.last_day:
            if not self.limits.cuts:
                self._refuse_horizon()
            self.is_cut = True
            return
        if day in self.asked.skipped:
            return
        name = self._name(day)
        self.names.append(name)
        own = self.asked.dates.get(name)
        meeting = own if own is not None and own.refusal is None else on_date(self.whole, name)
        if not meeting.is_asked or meeting.start <= self.now:
            return
        if len(self.meetings) == self.limits.most:
            if not self.limits.cuts:
                raise Impossible(no(sentences.TOO_MANY))
            self.is_cut = True
            return
        self.meetings[name], self.days[name] = meeting, day

    def _name(self, day: date) -> str:
        try:
            return name_of(instant(datetime.combine(day, self.first.time()), self.whole.zone))
        except InvalidInputError as error:
            raise Impossible(no(sentences.OF_ERRORS.get(error.code, sentences.NOT_POSSIBLE))) from error

    def _refuse_horizon(self) -> None:
        raise Impossible(beyond_horizon(self.limits.horizon_days, self.limits.last_day).as_json())
