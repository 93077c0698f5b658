"""What is taken and what is free: the conflicts behind a refusal, and what to propose instead."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, select, text

from shared.domain.alternatives import LOOK_AROUND, Alternative, RoomOffer, Search, propose
from shared.domain.refusals import Refusal
from shared.domain.rules import Asker, Request, judge, set_up_before
from shared.domain.series_alternatives import SeriesProposal, propose_for_series
from shared.domain.slots import EARLIEST, LATEST, Slot
from shared.house import House, house_of
from shared.store.base import Db
from shared.store.people import group_of
from shared.store.places import Resource
from shared.store.reservations import Reservation

NO_TIME = timedelta()
# a room is judged with the seats of all that is proposed together, and with the layout that it is proposed in
NOT_ABOUT_TIME = frozenset({"too_many_people", "layout_required", "people_required", "room_safety_limit"})

TAKEN = text("""
SELECT resource_id, lower(during) AS starts_at, upper(during) AS ends_at FROM occupancy
WHERE resource_id = ANY(:resource_ids) AND during && tstzrange(:start, :end) AND reservation_id <> :not_of
ORDER BY lower(during)
""")

# The same, with the meeting in it and how the room stands for it.
TAKEN_AND_LAID_OUT = text("""
SELECT o.resource_id, lower(o.during) AS starts_at, upper(o.during) AS ends_at, r.starts_at AS begins, r.layout
FROM occupancy AS o JOIN reservation AS r ON r.id = o.reservation_id
WHERE o.resource_id = ANY(:resource_ids) AND o.during && tstzrange(:start, :end) AND o.reservation_id <> :not_of
ORDER BY lower(o.during)
""")

BEHIND = text("""
SELECT resource.name AS room, resource.slug, r.id, r.title, r.starts_at, r.ends_at, r.resource_ids, p.name AS person,
       r.requested_by
FROM jsonb_to_recordset(CAST(:pairs AS jsonb)) AS pair(resource_id bigint, reservation_id bigint)
JOIN resource ON resource.id = pair.resource_id
JOIN reservation AS r ON r.id = pair.reservation_id AND r.site_id = resource.site_id
JOIN person AS p ON p.id = r.requested_by
ORDER BY r.starts_at, r.id LIMIT 20
""")


def conflicts_behind(db: Db, refusal: Refusal) -> Sequence[Row[Any]]:
    """The reservations that stand in the way, as they are today: room, slug, id, title, starts_at, ends_at, person.

    Who may see the title says `House.hides_titles` of its resource_ids, if it is not their own (requested_by).
    """
    if not refusal.conflicts:
        return []
    pairs = ", ".join(
        f'{{"resource_id": {c.resource_id}, "reservation_id": {c.reservation_id}}}' for c in refusal.conflicts
    )
    return db.execute(BEHIND, {"pairs": f"[{pairs}]"}).all()


@dataclass(frozen=True, slots=True)
class Wish:
    """What is looked for in place of what was refused; what `not_of` (a reservation) holds counts as free."""

    slot: Slot
    resource_ids: Sequence[int]
    people: int
    layout: str = ""
    group: int = 0
    not_of: int = 0


def alternatives_to(db: Db, reservation: Reservation, *, now: datetime) -> list[Alternative]:
    """Up to three rooms or times that are free now, nearest to what this reservation asked for; no promise."""
    asked = reservation.asked
    group = group_of(db, reservation.requested_by)
    wish = Wish(asked.slot, asked.resource_ids, asked.people, asked.layout, group, reservation.id)
    is_closed = reservation.refused is not None and reservation.refused.code == "resource_closed"
    return alternatives(db, house_of(db, reservation.site_id), wish, now=now, only_elsewhere=is_closed)


def alternatives_to_series(db: Db, series_id: int, *, now: datetime) -> SeriesProposal:
    """For a series that was refused: another room or time for each conflicting date, and plans for the whole."""
    dates = db.scalars(
        select(Reservation).where(Reservation.series_id == series_id).order_by(Reservation.recurs_at)
    ).all()
    first, asked = dates[0], [reservation.asked for reservation in dates]
    group = group_of(db, first.requested_by)
    wish = Wish(asked[0].slot, asked[0].resource_ids, asked[0].people, asked[0].layout, group)
    last = max(one.slot.end for one in asked)
    search = search_for(db, house_of(db, first.site_id), wish, now=now, until=last)
    return propose_for_series(search, [one.slot for one in asked])


def alternatives(
    db: Db, house: House, wish: Wish, *, now: datetime, most: int = 3, only_elsewhere: bool = False
) -> list[Alternative]:
    """Rooms, times and layouts that are free and within the rules, those first that change least."""
    return propose(search_for(db, house, wish, now=now, only_elsewhere=only_elsewhere), most)


def search_for(
    db: Db, house: House, wish: Wish, *, now: datetime, only_elsewhere: bool = False, until: datetime | None = None
) -> Search:
    """All that a search has to know: rooms with their buffers, what is taken around, and what the rules allow."""
    rooms = house.rooms()
    ids = sorted({part for room in rooms for part in (room.id, *room.part_ids)}.union(wish.resource_ids))
    span = Slot(max(wish.slot.start - LOOK_AROUND, EARLIEST), min((until or wish.slot.end) + LOOK_AROUND, LATEST))
    return Search(
        wanted=tuple(wish.resource_ids),
        slot=wish.slot,
        people=wish.people,
        rooms=[room_offer(house, room, wish.group) for room in rooms],
        busy=taken_for(db, house, wish, span, ids),
        now=now,
        zone=house.zone,
        opens=house.site.opens,
        closes=house.site.closes,
        only_elsewhere=only_elsewhere,
        layout=wish.layout,
        companions=tuple(id_ for id_ in wish.resource_ids if house.resources[id_].kind != "room"),
        is_allowed=allowing(house, wish, now),
    )


def room_offer(house: House, room: Resource, group: int) -> RoomOffer:
    """A room as it can be proposed to somebody of that group."""
    policy = house.wanted(room.id, group).policy
    return RoomOffer(
        id=room.id,
        seats=room.seats,
        name=room.name,
        layouts={slug: layout.seats for slug, layout in policy.layouts.items()},
        default_layout=policy.default_layout,
        part_ids=tuple(room.part_ids),
        setup=timedelta(minutes=policy.setup_minutes),
        clearing=timedelta(minutes=policy.clearing_minutes),
    )


def taken_for(db: Db, house: House, wish: Wish, span: Slot, ids: Sequence[int]) -> dict[int, list[Slot]]:
    """What is taken of each resource, setting up and clearing included.

    And the time to go over to the wished layout afterwards, and from it before, as far as that is not kept already.
    """
    busy: defaultdict[int, list[Slot]] = defaultdict(list)
    policies = {id_: house.wanted(id_, wish.group).policy for id_ in ids}
    is_rearranged = any(policy.transitions for policy in policies.values())
    values = {"start": span.start, "end": span.end, "resource_ids": list(ids), "not_of": wish.not_of}
    for row in db.execute(TAKEN_AND_LAID_OUT if is_rearranged else TAKEN, values):
        policy, start, end = policies[row.resource_id], row.starts_at, row.ends_at
        if policy.transitions:
            kept = row.begins - row.starts_at
            start -= max(set_up_before(policy, wish.layout, row.layout) - kept, NO_TIME)
            end += set_up_before(policy, row.layout, wish.layout) - set_up_before(policy, None)
        busy[row.resource_id].append(Slot(start, end))
    return busy


def allowing(house: House, wish: Wish, now: datetime) -> Callable[[int, Slot], bool]:
    """Whether the rules of the house have nothing against a room at a time, for this wish."""
    group, policy = wish.group, house.policy(wish.group)
    asker = Asker(group=house.groups.get(group, ""))

    def is_allowed(room_id: int, slot: Slot) -> bool:
        request = Request(
            slot=slot,
            people=wish.people,
            resources=[house.wanted(room_id, group)],
            by_coordinator=False,
            now=now,
            zone=house.zone,
            note="…",  # whatever must be said can be said
            asker=asker,
            policy=policy,
            closures=house.closures.near(slot),
            days=house.days,
        )
        return all(finding.weight == "warn" or finding.refusal.code in NOT_ABOUT_TIME for finding in judge(request))

    return is_allowed
