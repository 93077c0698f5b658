"""Bookings decided: closed loop at 1, 8 and 32 clients, open loop at 50 and 100 a second, and the race for one slot."""

import asyncio
import itertools
from collections.abc import Awaitable, Iterator
from datetime import UTC, datetime, timedelta

import orjson

from tests.bench.client import Answer, Call, Client, Run, closed_loop, open_loop

ROOMS = ("espace-ouvert", "flexi-16", "flexi-19", "flexi-36", "escapelab")
FIRST = datetime(2030, 1, 1, tzinfo=UTC)
WAIT = 20


class Calls:
    """Requests for one-hour slots, each free, room after room and hour after hour."""

    def __init__(self) -> None:
        self._count = itertools.count()

    def asking(self, *, wait: int) -> Iterator[Call]:
        """Calls without end; with `wait` the answer is the decision."""
        for n in self._count:
            body = _request(ROOMS[n % len(ROOMS)], FIRST + timedelta(hours=n // len(ROOMS)), n)
            yield _post(body, wait)


async def decided_per_second(port: int, token: str, calls: Calls, *, seconds: float) -> dict[str, dict[str, float]]:
    """Closed loops that wait for the decision, then open loops: so many a second, whether answered or not."""
    results = {}
    await closed_loop(port, token, calls.asking(wait=WAIT), clients=8, seconds=2)  # warm-up
    for clients in (1, 8, 32):
        run = await closed_loop(port, token, calls.asking(wait=WAIT), clients=clients, seconds=seconds)
        results[f"decide, {clients} clients"] = _confirmed(run)
    for rate in (50, 100):
        run = await open_loop(port, token, calls.asking(wait=WAIT), rate=rate, seconds=seconds)
        results[f"decide, {rate}/s"] = _confirmed(run)
    return results


async def accepted_per_second(port: int, token: str, calls: Calls, *, seconds: float) -> dict[str, dict[str, float]]:
    """Closed loops that do not wait: 202, and the decisions follow."""
    return {
        f"accept, {clients} clients": (
            await closed_loop(port, token, calls.asking(wait=0), clients=clients, seconds=seconds)
        ).summary()
        for clients in (1, 8, 32)
    }


async def race(port: int, token: str, *, rounds: int = 20, racers: int = 50) -> dict[str, int]:
    """Everybody wants one slot at once: how often two got it, and how often somebody other than the first."""
    double = unfair = 0
    for n in range(rounds):
        body = _request("flexi-16", datetime(2029, 1, 1, tzinfo=UTC) + timedelta(days=n), n)
        clients = [await Client(port, token).__aenter__() for _ in range(racers)]
        answers = await asyncio.gather(*(client.post("/api/reservations", body, wait=WAIT) for client in clients))
        for client in clients:
            await client.__aexit__()
        winners = [_id(answer) for answer in answers if answer.status == 201]
        losers = [_id(answer) for answer in answers if answer.status == 409]
        if len(winners) + len(losers) != racers:
            raise RuntimeError(f"round {n}: somebody got no decision: {sorted(a.status for a in answers)}")
        double += len(winners) != 1
        unfair += min(winners) > min(losers)
    return {"rounds": rounds, "racers": racers, "double_booked": double, "first_lost": unfair}


def _confirmed(run: Run) -> dict[str, float]:
    refused = [answer for answer in run.answers if answer.status != 201]
    if refused:
        raise RuntimeError(f"{len(refused)} of {len(run.answers)} were not confirmed: {refused[0].body[:300]!r}")
    return run.summary()


def _request(room: str, start: datetime, n: int) -> bytes:
    end = start + timedelta(hours=1)
    return orjson.dumps({"title": f"Atelier {n}", "resources": [room], "start": start, "end": end, "people": 5})


def _post(body: bytes, wait: int) -> Call:
    def call(client: Client) -> Awaitable[Answer]:
        return client.post("/api/reservations", body, wait=wait)

    return call


def _id(answer: Answer) -> int:
    body = orjson.loads(answer.body)
    return int(body["reservation"]["id"] if answer.status == 409 else body["id"])
