"""Exporting: the reservations of a selection as a file, in order of time."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, Final, Literal

from sqlalchemy import Row as DbRow
from sqlalchemy import text

from shared.calendar.entry import Party
from shared.domain.errors import InvalidInputError
from shared.house import House, house_of
from shared.records.rows import Row
from shared.records.to_calendar import write_calendar
from shared.records.to_csv import write_csv
from shared.records.to_xlsx import write_xlsx
from shared.store.base import Db
from shared.store.selection import Selection
from shared.store.uids import uid_of

Format = Literal["csv", "xlsx", "ics"]

MOST_ROWS: Final = 20_000

ROWS = """
SELECT r.id, r.state, r.title, r.note, r.starts_at, r.ends_at, r.resource_ids, r.quantities, r.layout, r.people,
       r.created_at, r.imported_uid, p.name AS person, o.name AS organisation, s."where" AS elsewhere
FROM reservation AS r JOIN person AS p ON p.id = r.requested_by
LEFT JOIN organisation AS o ON o.id = r.organisation_id LEFT JOIN session AS s ON s.reservation_id = r.id
WHERE {conditions} ORDER BY r.starts_at, r.id LIMIT :most
"""


def export_file(db: Db, selection: Selection, form: Format, *, now: datetime) -> bytes:
    """All of the selection in one file; raises InvalidInputError when there are more than 20,000."""
    house = house_of(db, selection.site_id)
    query = text(ROWS.format(conditions=" AND ".join(selection.conditions)))
    found = db.execute(query, selection.values | {"most": MOST_ROWS + 1}).all()
    if len(found) > MOST_ROWS:
        raise InvalidInputError(
            f"These are more than {MOST_ROWS} reservations: ask for less, such as one year at a time.",
            code="too_many_rows",
            most=MOST_ROWS,
        )
    rows = [_row(row, house) for row in found]
    if form == "csv":
        return write_csv(rows, house.site.zone)
    if form == "xlsx":
        return write_xlsx(rows, house.site.zone)
    organizer = Party(f"reservations@{house.site.mail_domain}", house.site.name)
    return write_calendar(rows, zone=house.site.zone, organizer=organizer, now=now)


def _row(row: DbRow[Any], house: House) -> Row:
    return Row(
        id=row.id,
        state=row.state,
        title=row.title,
        start=row.starts_at,
        end=row.ends_at,
        rooms=tuple(_names(row, house)) or ((row.elsewhere,) if row.elsewhere else ()),
        layout=_layout(row.layout, row.resource_ids, house),
        people=row.people,
        person=row.person,
        organisation=row.organisation or "",
        note=row.note,
        created_at=row.created_at,
        uid=uid_of(row.id, row.created_at, row.imported_uid, house.site.mail_domain),
    )


def _names(row: DbRow[Any], house: House) -> Iterator[str]:
    """A combination stands for its parts; of equipment it says how many, as an import reads it."""
    resources = [house.resources[id_] for id_ in row.resource_ids]
    parts = {part for resource in resources for part in resource.part_ids}
    for resource in resources:
        count = row.quantities.get(resource.slug, 1)
        if resource.id not in parts:
            yield resource.name if count == 1 else f"{count} \N{MULTIPLICATION SIGN} {resource.name}"


def _layout(slug: str, resource_ids: Sequence[int], house: House) -> str:
    """As people call it."""
    layouts = [house.wanted(id_).policy.layouts for id_ in resource_ids] if slug else []
    return next((known[slug].name for known in layouts if slug in known), slug)
