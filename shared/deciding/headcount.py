"""More people for what is held already: judged at once by the rules that count people, under the house's lock."""

from datetime import datetime

from sqlalchemy import text

from shared.deciding.ask import Ask
from shared.deciding.judging import Judge
from shared.deciding.statements import COLUMNS
from shared.deciding.usage import Consumption
from shared.domain.errors import RefusedError
from shared.domain.events import OverrideUsed
from shared.house import house_of
from shared.store.base import Db
from shared.store.outbox import Actor, record
from shared.store.reservations import Reservation

COUNT_PEOPLE = frozenset({"too_many_people", "room_safety_limit", "building_safety_limit"})

ONE = text(f"SELECT {COLUMNS} WHERE r.id = :id")


def check_people(
    db: Db, reservation: Reservation, people: int, *, by: Actor, now: datetime, override: str = ""
) -> None:
    """Raises RefusedError when so many do not fit; the caller holds the house. What is overridden is on record."""
    house = house_of(db, reservation.site_id)
    ask = Ask.of(0, db.execute(ONE, {"id": reservation.id}).one())
    ask.is_move, ask.was, ask.slot = False, None, reservation.slot
    ask.people, ask.resource_ids = people, reservation.resource_ids
    ask.by_coordinator, ask.override = by.is_coordinator, override
    judge = Judge(house, Consumption(db, house, [ask], now), now)
    overridden = []
    for finding in judge.findings(ask):
        if finding.refusal.code not in COUNT_PEOPLE or finding.weight == "warn":
            continue
        if finding.weight == "final" or not (by.is_coordinator and override):
            raise RefusedError(finding.refusal)
        overridden.append(finding.refusal)
    if overridden:
        fact = OverrideUsed.of(reservation.id, overridden)
        record(db, reservation.site_id, fact, by=by, now=now, reason=override, on_behalf_of=reservation.requested_by)
