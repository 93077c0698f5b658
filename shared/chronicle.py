"""The event log read as a story: each fact with a sentence, who, when, whence, why, and on whose behalf."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, text

from shared.domain.refusals import Refusal
from shared.domain.sentences import sentence as sentence_of
from shared.house import House, house_of
from shared.letters.facts import Language
from shared.letters.story import sentence
from shared.store.base import Db

# what is not known of a fact, in a sentence of the rules
_UNKNOWN = "…"
# subjects whose second part is not the slug of something that can be booked
NO_RESOURCES = frozenset({"activity", "feed", "group", "import", "webhook"})

FACTS = """
SELECT e.id, e.type, e.data, e.subject, e.reservation_id, e.source, e.reason, e.correlation_id, e.recorded_at,
       e.person_id, p.name AS person, e.on_behalf_of, b.name AS behalf, r.title
FROM event AS e LEFT JOIN person AS p ON p.id = e.person_id LEFT JOIN person AS b ON b.id = e.on_behalf_of
LEFT JOIN reservation AS r ON r.id = e.reservation_id
WHERE {conditions} ORDER BY e.id {direction} LIMIT :most
"""


@dataclass(frozen=True, slots=True)
class Sought:
    """Which facts of a site; what is None does not narrow.

    `subject` is one, or what its kind is called: `policy` for all policies. `person_id` did it, or had it done.
    """

    site_id: int
    reservation_id: int | None = None
    subject: str | None = None
    person_id: int | None = None
    type: str | None = None
    after: datetime | None = None
    before: datetime | None = None
    older_than: int | None = None

    @property
    def conditions(self) -> list[str]:
        narrowing = {
            "e.reservation_id = :reservation_id": self.reservation_id,
            "(e.subject = :subject OR starts_with(e.subject, :subject || ':'))": self.subject,
            "(e.person_id = :person_id OR e.on_behalf_of = :person_id)": self.person_id,
            "e.type = :type": self.type,
            "e.recorded_at >= :after": self.after,
            "e.recorded_at < :before": self.before,
            "e.id < :older_than": self.older_than,
        }
        # the first of these two is what an index knows of
        about = ["e.reservation_id IS NULL"] if self.subject else []
        return ["e.site_id = :site_id", *about, *(c for c, value in narrowing.items() if value is not None)]


@dataclass(frozen=True, slots=True)
class Told:
    """One fact; `sentence` and `reason` in the reader's language where they are the house's own words."""

    row: Row[Any]
    sentence: str
    reason: str


def told(db: Db, sought: Sought, language: Language, *, most: int, newest_first: bool = False) -> list[Told]:
    """The facts in the order in which they were recorded, or the other way round."""
    direction = "DESC" if newest_first else "ASC"
    query = text(FACTS.format(conditions=" AND ".join(sought.conditions), direction=direction))
    values = {name: getattr(sought, name) for name in type(sought).__slots__} | {"most": most}
    rows = db.execute(query, {name: value for name, value in values.items() if value is not None}).all()
    house = house_of(db, sought.site_id)
    return [_told(row, house, language) for row in rows]


def _told(row: Row[Any], house: House, language: Language) -> Told:
    data = {**row.data, **_in_words(row, house, language)}
    reason = row.reason or str(row.data.get("reason") or "") or _explanation(row.data, language)
    words = sentence(
        row.type,
        data,
        row.person or "",
        language,
        zone=house.site.zone,
        on_behalf_of=row.behalf or "",
        reason=reason,
    )
    return Told(row, words, reason)


def _in_words(row: Row[Any], house: House, language: Language) -> dict[str, Any]:
    """What the sentence shows instead of ids, codes and slugs."""
    data: Mapping[str, Any] = row.data
    if "resources" in data:
        return {"rooms": tuple(_names(data["resources"], house))}
    if "rules" in data:
        return {"rules": tuple(_rules(data, language))}
    if row.subject:
        return _of_the_house(row.subject, data, house)
    return {}


def _of_the_house(subject: str, data: Mapping[str, Any], house: House) -> dict[str, Any]:
    """What a fact about the house is about: its name, of what kind it is, and what of it changed."""
    topic, _, rest = subject.partition(":")
    scope, _, slug = rest.partition(":") if topic == "policy" else (topic, "", rest)
    resources = () if scope in NO_RESOURCES else house.resources.values()
    found = next((resource for resource in resources if resource.slug == slug), None)
    name = found.name if found else slug if slug != "site" else ""
    shown: dict[str, Any] = {
        "about": data.get("name") or data.get("file") or name,
        "kind": found.kind if found else scope,
    }
    before, after = data.get("before"), data.get("after")
    if isinstance(before, dict) and isinstance(after, dict):
        changed = sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))
        shown["knobs" if topic == "policy" else "fields"] = changed
    if "people" in data:
        shown["count"] = data["people"]
    return shown


def _names(ids: Sequence[int], house: House) -> Iterator[str]:
    resources = [house.resources[id_] for id_ in ids if id_ in house.resources]
    parts = {part for resource in resources for part in resource.part_ids}
    return (resource.name for resource in resources if resource.id not in parts)


def _rules(data: Mapping[str, Any], language: Language) -> Iterator[str]:
    """What each rule said; of an older record only which one it was."""
    said = [Refusal.from_json(finding).sentence(language) for finding in data.get("findings") or ()]
    for words in said or [_without_facts(code, language) or code for code in data["rules"]]:
        yield words.removesuffix(".")


def _explanation(data: Mapping[str, Any], language: Language) -> str:
    """Why the rules or the book said no."""
    if "code" not in data:
        return ""
    if data.get("facts"):
        return sentence_of(data["code"], language, data["facts"])
    return _without_facts(data["code"], language)


def _without_facts(code: str, language: Language) -> str:
    words = sentence_of(code, language, {})
    return "" if _UNKNOWN in words else words
