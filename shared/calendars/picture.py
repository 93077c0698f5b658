"""What is to be published as it stands in the book: read for many entries at once, in a handful of queries."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select, text

from shared.store.base import Db
from shared.store.calendars import CalendarKind
from shared.store.places import Resource, Site
from shared.store.series import Series

Key = tuple[str, int]
"""An entry: ("reservation", its id), or ("series", its id)."""
Subject = tuple[CalendarKind, int]
"""A calendar of the site: whose it is."""

SITE: Subject = (CalendarKind.SITE, 0)

_DATES = """
SELECT r.id, r.series_id, r.recurs_at, r.state, r.title, r.note, r.starts_at, r.ends_at, r.resource_ids, r.requested_by,
       r.organisation_id, r.created_at, p.name AS person, s."where" AS elsewhere, s.activity_id, a.description,
       a.partner_id
FROM reservation AS r JOIN person AS p ON p.id = r.requested_by
LEFT JOIN session AS s ON s.reservation_id = r.id LEFT JOIN activity AS a ON a.id = s.activity_id
WHERE r.site_id = :site_id AND r.state IN ('confirmed', 'tentative') AND r.{which} = ANY(:{which})
"""
DATES = text(
    _DATES.format(which="id") + "AND r.series_id IS NULL UNION ALL " + _DATES.format(which="series_id") + " ORDER BY 1"
)
# those among the invited who have a calendar here
INVITED = text("""
SELECT a.reservation_id, 'person' AS kind, p.id FROM attendee AS a
JOIN person AS p ON p.site_id = :site_id AND p.address = a.address
WHERE a.reservation_id = ANY(:ids) AND a.removed_at IS NULL
UNION
SELECT a.reservation_id, 'partner', o.id FROM attendee AS a
JOIN organisation AS o ON o.site_id = :site_id AND lower(o.contact_address) = a.address
WHERE a.reservation_id = ANY(:ids) AND a.removed_at IS NULL
""")
ANSWERS = text("""
SELECT reservation_id, partstat, count(*) AS n FROM attendee
WHERE reservation_id = ANY(:ids) AND removed_at IS NULL AND role <> 'CHAIR' GROUP BY reservation_id, partstat
""")
DATE_ANSWERS = text("""
SELECT a.reservation_id, d.recurs_at, a.partstat AS of_all, d.partstat, count(*) AS n
FROM attendee AS a JOIN date_answer AS d ON d.attendee_id = a.id
WHERE a.reservation_id = ANY(:ids) AND a.removed_at IS NULL AND a.role <> 'CHAIR' AND a.partstat <> d.partstat
GROUP BY a.reservation_id, d.recurs_at, a.partstat, d.partstat
""")


@dataclass(frozen=True)
class Pictured:
    """One entry with its dates that are held, in order of time; none: it is in no calendar, or no longer.

    `invited` are the calendars of those on its list; `answers` counts what they said, by date where that is otherwise.
    """

    key: Key
    dates: Sequence[Row[Any]]
    series: Series | None = None
    invited: frozenset[Subject] = frozenset()
    answers: Counter[str] = field(default_factory=Counter)
    date_answers: dict[datetime, Counter[str]] = field(default_factory=dict)

    def answers_for(self, a_date: Row[Any]) -> Counter[str]:
        """Those for the whole, but for who said something else of this date."""
        counts = Counter(self.answers)
        counts.update(self.date_answers.get(a_date.recurs_at, {}))
        return counts


@dataclass(frozen=True)
class Album:
    """The pictures, and what is the same in all of them."""

    site: Site
    resources: dict[int, Resource]
    pictures: list[Pictured]

    def subjects_of(self, a_date: Row[Any]) -> set[Subject]:
        """The calendars in which a date is for its own sake, whoever is on the list."""
        resources = [self.resources[id_] for id_ in a_date.resource_ids]
        found = {SITE, (CalendarKind.PERSON, a_date.requested_by)}
        found |= {(CalendarKind.ROOM, resource.id) for resource in resources if resource.kind == "room"}
        found |= {(CalendarKind.PERSON, r.person_id) for r in resources if r.kind == "trainer" and r.person_id}
        if a_date.activity_id is not None:
            found.add((CalendarKind.ACTIVITY, a_date.activity_id))
        partners = {a_date.organisation_id, a_date.partner_id} - {None}
        return found | {(CalendarKind.PARTNER, id_) for id_ in partners}


def read(db: Db, site_id: int, keys: Collection[Key]) -> Album:
    """What these entries are by now."""
    ids = {kind: [id_ for k, id_ in keys if k == kind] for kind in ("reservation", "series")}
    values = {"site_id": site_id, "id": ids["reservation"], "series_id": ids["series"]}
    dates: defaultdict[Key, list[Row[Any]]] = defaultdict(list)
    for row in db.execute(DATES, values):
        dates[("series", row.series_id) if row.series_id is not None else ("reservation", row.id)].append(row)
    series = {s.id: s for s in db.scalars(_fresh(Series, ids["series"]))}
    lists = {key: (series[key[1]].head_id or 0) if key[0] == "series" else key[1] for key in dates}
    people = _People.read(db, site_id, list(lists.values()))
    used = {id_ for rows in dates.values() for row in rows for id_ in row.resource_ids}
    resources = {resource.id: resource for resource in db.scalars(_fresh(Resource, used))}
    pictures = [
        Pictured(
            key,
            sorted(dates[key], key=lambda row: (row.recurs_at or row.starts_at, row.id)),
            series.get(key[1]) if key[0] == "series" else None,
            frozenset(people.invited[lists[key]]),
            people.answers[lists[key]],
            people.date_answers[lists[key]],
        )
        if key in dates
        else Pictured(key, ())
        for key in keys
    ]
    return Album(db.scalars(_fresh(Site, [site_id])).one(), resources, pictures)


@dataclass(frozen=True)
class _People:
    """By the reservation that bears the list."""

    invited: defaultdict[int, set[Subject]] = field(default_factory=lambda: defaultdict(set))
    answers: defaultdict[int, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    date_answers: defaultdict[int, dict[datetime, Counter[str]]] = field(default_factory=lambda: defaultdict(dict))

    @classmethod
    def read(cls, db: Db, site_id: int, ids: list[int]) -> "_People":
        people = cls()
        for row in db.execute(INVITED, {"site_id": site_id, "ids": ids}):
            people.invited[row.reservation_id].add((CalendarKind(row.kind), row.id))
        for row in db.execute(ANSWERS, {"ids": ids}):
            people.answers[row.reservation_id][row.partstat] = row.n
        for row in db.execute(DATE_ANSWERS, {"ids": ids}):
            counts = people.date_answers[row.reservation_id].setdefault(row.recurs_at, Counter())
            counts[row.partstat] += row.n
            counts[row.of_all] -= row.n
        return people


def _fresh(table: Any, ids: Iterable[int]) -> Any:
    return select(table).where(table.id.in_(ids)).execution_options(populate_existing=True)
