"""The rules of the house: series, changes of series, alternatives, finding, and what all rules cost together."""

import itertools
import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from statistics import quantiles
from typing import Any
from zoneinfo import ZoneInfo

import orjson
from sqlalchemy import select, text

from shared.availability import Wish, alternatives
from shared.domain.policy import WEEKDAYS, merge
from shared.domain.rules import Asker, Request, Usage, judge, outcome
from shared.domain.slots import Slot
from shared.house import house_of
from shared.ruling import About, set_policy
from shared.store.base import transaction
from shared.store.outbox import Actor
from shared.store.people import Role, Token
from shared.store.places import Resource
from tests.bench.client import Answer, Client
from tests.bench.requests import ROOMS, WAIT

PARIS = ZoneInfo("Europe/Paris")
ROUNDS = 20
DATES = 40
FIRST = date(2027, 1, 4)

# every knob that a rule looks at, set so that nothing of the benchmarks is refused
FOR_SITE: dict[str, Any] = {
    "opening": {day: ["00:00-24:00"] for day in WEEKDAYS},
    "on_school_holidays": "warn",
    "window_days": 3660,
    "lead_minutes": 1,
    "shortest_minutes": 15,
    "longest_minutes": 6000,
    "step_minutes": 15,
    "building_limit": 1_000_000,
    "required": ["people"],
    "setup_minutes": 0,
    "clearing_minutes": 0,
    "person_quota": {"hours_per_week": 1000, "concurrent": 100},
    "organisation_quota": {"hours_per_week": 1000, "open_requests": 1000, "concurrent": 100},
}
FOR_ROOM: dict[str, Any] = {
    "safety_limit": 100_000,
    "layouts": {"ilots": {"name": "Îlots", "seats": 30}, "rangees": {"name": "Rangées", "seats": 36}},
    "default_layout": "ilots",
    "transitions": [{"from_layout": "rangees", "to_layout": "ilots", "minutes": 30}],
}


@contextmanager
def every_rule_on() -> Iterator[None]:
    """Meanwhile every rule is laid down, for the site and for each of its rooms, instead of what was before."""
    with transaction() as db:
        coordinator = db.scalars(select(Token.person_id).where(Token.role == Role.COORDINATOR)).first()
        actor = Actor(coordinator, 1, is_coordinator=True)
        db.execute(text("DELETE FROM policy"))
        rooms = db.scalars(select(Resource.slug).where(Resource.kind == "room"))
        for about, knobs in [(About("site"), FOR_SITE), *((About("room", slug), FOR_ROOM) for slug in rooms)]:
            set_policy(db, about, knobs, reason="benchmark", version=None, by=actor, now=datetime.now(UTC))
    yield
    switch_off()


def switch_off() -> None:
    """Lay nothing down."""
    with transaction() as db:
        db.execute(text("DELETE FROM policy"))


async def series(port: int, token: str) -> dict[str, dict[str, float]]:
    """A weekly series of 40 with one date taken, then 'this date and later ones an hour later' on it."""
    asked, changed = [], []
    async with Client(port, token) as client:
        for n, (room, day) in zip(range(ROUNDS), itertools.product(ROOMS, range(5)), strict=False):
            first = FIRST + timedelta(days=day)
            await _book(client, room, first + timedelta(weeks=20))
            body = orjson.dumps(_weekly(room, first, n))
            answer = await client.post("/api/series", body, wait=WAIT)
            found = orjson.loads(answer.body)
            confirmed = sum(one["state"] == "confirmed" for one in found.get("dates", ()))
            if answer.status != 201 or confirmed != DATES - 1:
                raise RuntimeError(f"{answer.status}: {confirmed} of {DATES} were confirmed: {answer.body[:300]!r}")
            asked.append(answer)
            later = {"since": str(first + timedelta(weeks=25)), "start": "13:00", "end": "15:00"}
            answer = await client.send("PATCH", f"/api/series/{found['id']}", orjson.dumps(later), wait=WAIT)
            if answer.status != 200:
                raise RuntimeError(f"{answer.status}: {answer.body[:300]!r}")
            changed.append(answer)
    return {f"series of {DATES}, one date taken": _ms(asked), "this date and later ones, 15 of them": _ms(changed)}


def proposing() -> dict[str, dict[str, float]]:
    """Alternatives in five rooms that are three quarters full for eight weeks, reading what is taken included."""
    _fill_eight_weeks()
    wishes = [_wish(random.Random(n)) for n in range(ROUNDS * 5)]

    def ask(wish: Wish) -> None:
        with transaction() as db:
            alternatives(db, house_of(db, 1), wish, now=datetime(2028, 1, 1, tzinfo=UTC))

    return {"alternatives, five rooms over four weeks": _timed(ask, wishes)}


def all_rules() -> dict[str, dict[str, float]]:
    """One request put before every rule, with every knob set."""
    with transaction() as db:
        house = house_of(db, 1)
    policy = merge(FOR_SITE, FOR_ROOM)
    wanted = next(house.wanted(room.id) for room in house.rooms())
    start = datetime(2028, 3, 1, 9, tzinfo=UTC)
    requests = [
        Request(
            slot=Slot(start + timedelta(days=n), start + timedelta(days=n, hours=2)),
            people=5,
            resources=[wanted],
            by_coordinator=False,
            now=start - timedelta(days=30),
            zone=PARIS,
            asker=Asker(1),
            policy=policy,
            days=house.days,
            person_usage=Usage({}, 0, 0),
            organisation_usage=Usage({}, 0, 0),
        )
        for n in range(1000)
    ]
    return {"all rules, one request": _timed(lambda request: outcome(request, judge(request)), requests)}


def _fill_eight_weeks() -> None:
    """Two hours taken, forty minutes free, from 8 to 20 h in all rooms."""
    with transaction() as db:
        db.execute(
            text("""
            WITH made AS (
                INSERT INTO reservation (site_id, requested_by, by_coordinator, title, note, people, starts_at, ends_at,
                                         resource_ids, state, created_at, decided_at)
                SELECT 1, 1, true, 'Atelier', '', 5, s.at, s.at + interval '2 hours', ARRAY[room.id], 'confirmed',
                       now(), now()
                FROM generate_series(0, 55) AS day, generate_series(0, 3) AS n,
                     (SELECT id FROM resource WHERE kind = 'room' AND part_ids = '{}' ORDER BY id LIMIT 5) AS room,
                     LATERAL (SELECT timestamptz '2028-02-01 07:00Z' + day * interval '1 day'
                                     + n * interval '160 minutes' AS at) AS s
                RETURNING id, resource_ids, starts_at, ends_at)
            INSERT INTO occupancy (resource_id, reservation_id, during)
            SELECT resource_ids[1], id, tstzrange(starts_at, ends_at) FROM made
            ON CONFLICT DO NOTHING""")
        )


def _wish(random: random.Random) -> Wish:
    start = datetime(2028, 3, 1, 8, tzinfo=UTC) + timedelta(days=random.randrange(5), minutes=15 * random.randrange(30))
    return Wish(Slot(start, start + timedelta(minutes=random.choice((30, 60, 120)))), [random.randrange(1, 6)], 8)


def _weekly(room: str, first: date, n: int) -> dict[str, object]:
    return {
        "title": f"Club {n}",
        "resources": [room],
        "people": 5,
        "start": f"{first}T09:00",
        "end": f"{first}T11:00",
        "zone": "Europe/Paris",
        "rule": f"FREQ=WEEKLY;COUNT={DATES}",
        "on_conflict": "skip",
    }


async def _book(client: Client, room: str, day: date) -> None:
    body = {
        "title": "Déjà là",
        "resources": [room],
        "people": 5,
        "start": f"{day}T10:00",
        "end": f"{day}T12:00",
        "zone": "Europe/Paris",
    }
    answer = await client.post("/api/reservations", orjson.dumps(body), wait=WAIT)
    if answer.status != 201:
        raise RuntimeError(answer.body[:300])


def _timed(do: Callable[[Any], object], values: list[Any]) -> dict[str, float]:
    took = []
    for value in values:
        began = time.perf_counter()
        do(value)
        took.append(time.perf_counter() - began)
    return _quantiles(took)


def _ms(answers: list[Answer]) -> dict[str, float]:
    return _quantiles([answer.took for answer in answers])


def _quantiles(took: list[float]) -> dict[str, float]:
    cuts = quantiles(took, n=100)
    return {"count": len(took), "p50_ms": round(cuts[49] * 1000, 3), "p95_ms": round(cuts[94] * 1000, 3)}
