"""Everything breaks under load, and afterwards nothing is lost, doubled, unfair or unsaid.

In `make test` short and always the same; `make chaos` is long, with a new seed each time (CHAOS_SECONDS, CHAOS_SEED).
"""

import os
import random
import shutil
import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, orm, select

from deploy.engines import Engines
from deploy.processes import wait_until
from shared import ruling
from shared.seed import atelier
from shared.store.base import connect
from shared.store.migrate import upgrade
from shared.store.outbox import Actor
from shared.store.people import Role, Token, person_called
from shared.store.places import Site
from tests.chaos import history
from tests.chaos.book import Book, read, waiting
from tests.chaos.faults import ROUND, plan
from tests.chaos.guests import Guests
from tests.chaos.hurry import Hurry
from tests.chaos.load import OFFERING, ON_REQUEST, Asked, Coordinator, Person
from tests.chaos.runner import World
from tests.conftest import CHECKOUT, RUN, RUNS

SECONDS = float(os.environ.get("CHAOS_SECONDS", ROUND))
IS_LONG = "CHAOS_SECONDS" in os.environ
SEED = int(
    os.environ.get("CHAOS_SEED", random.randrange(1_000_000) if IS_LONG else 4556)
)  # early crashes: leases end soon
CALM = 60.0
PEOPLE = ("Anne", "Basile", "Claire", "David", "Emma")
COORDINATOR = "Coordination"
POLICIES: dict[str, dict[str, Any]] = {
    ON_REQUEST: {"who_may_book": ["coordinators"], "who_may_request": ["everybody"]},
    OFFERING: {"waiting_list": {"mode": "offer"}},
}
OF_TIME = {
    "ApprovalReminded",
    "ApprovalEscalated",
    "OptionReminded",
    "OfferMade",
    "ReservationApproved",
    "ReservationDeclined",
    "ReservationExpired",
    "ReservationWaitlisted",
}


@dataclass
class Outcome:
    """What the people saw, what waited to the last, what was found in the end."""

    asked: list[Asked] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    figures: Counter[str] = field(default_factory=Counter)
    left: dict[str, int] = field(default_factory=dict)
    brought: list[str] = field(default_factory=list)


@pytest.fixture
def logs() -> Path:
    """Where the processes write what they do; kept until the next run of the same kind."""
    folder = CHECKOUT / "var" / "chaos" / ("long" if IS_LONG else "short")
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "mails").mkdir(parents=True)
    return folder


@pytest.fixture
def world(worker_id: str, logs: Path) -> Iterator[World]:
    """An installation of its own, with nobody at work yet; its engines are swept with those of the test run."""
    engines = Engines(RUNS / os.environ[RUN] / f"chaos-{worker_id}")
    try:
        world = World(engines, engines.start(), logs, logs / "mails", SEED)
        upgrade(world.urls.database_url)
        _open_atelier(world.urls.database_url)
        try:
            world.start()
            yield world
        finally:
            world.close()
    finally:
        shutil.copytree(engines.postgres.log.parent, logs, dirs_exist_ok=True)
        engines.remove()


@pytest.mark.timeout(SECONDS + 300)
def test_whatever_breaks_nothing_is_lost_doubled_or_unfair(world: World) -> None:
    print(f"chaos: seed {SEED}, {SECONDS:.0f} s, logs in {world.logs}")  # noqa: T201  to repeat it one needs the seed
    database = connect(world.urls.database_url)
    try:
        outcome = _live_through(world, database)
        book = read(database, world.mails)
    finally:
        database.dispose()
    wrong = [f"still waiting after {CALM:.0f} s of calm: {outcome.left}"] if any(outcome.left.values()) else []
    wrong += [*outcome.complaints, *history.wrong(book, outcome.asked, outcome.brought)]
    report = _report(world, outcome, book, wrong)
    (world.logs / "report.txt").write_text(report)
    print(report)  # noqa: T201  shown when it fails, and by make chaos
    assert not wrong, f"{len(wrong)} things are wrong, see the report above ({world.logs})"
    assert outcome.figures["confirmed"] > SECONDS / 4, "too little happened for this to mean anything"
    assert outcome.figures["mail answered"] > SECONDS / 4, "too few answers for this to mean anything"


def _live_through(world: World, database: Engine) -> Outcome:
    stop = threading.Event()
    days = max(5, round(SECONDS / 6))
    tokens = _tokens(database)
    people: list[Person] = [
        (Coordinator if name == COORDINATOR else Person)(name, world.base_url, token, seed=SEED, days=days, stop=stop)
        for name, token in tokens.items()
    ]
    guests = Guests(world.mails, world.lmtp_port, seed=SEED)
    for thread in (*people, guests, Hurry(database, stop)):
        thread.start()
    try:
        world.suffer(plan(SEED, SECONDS))
    finally:
        stop.set()
        for person in people:
            person.join()
        world.tell("nobody asks for anything any more")
        world.heal()
        wait_until(lambda: not any(waiting(database).values()), seconds=CALM)
        guests.answer_all()
    world.tell("nobody answers any more")
    wait_until(lambda: not any(waiting(database).values()), seconds=CALM)
    world.tell("the end of the calm")
    outcome = Outcome(left=waiting(database), brought=guests.brought, complaints=guests.complaints)
    outcome.figures += Counter({"answers brought": len(guests.brought), "tries to": guests.tries})
    for person in people:
        outcome.asked += person.diary.asked
        outcome.complaints += person.diary.complaints
        outcome.figures += Counter(answers=person.diary.answers, retries=person.diary.retries)
    return outcome


def _report(world: World, outcome: Outcome, book: Book, wrong: list[str]) -> str:
    outcome.figures += Counter(row.state for row in book.reservations.values())
    outcome.figures += Counter(event.type for event in book.events if event.type in OF_TIME | {"ReservationMoved"})
    outcome.figures += Counter(f"mail {mail.outcome}" for mail in book.inbox)
    outcome.figures["mails"] = len(book.mails)
    outcome.figures["deliveries"] = len(book.deliveries)
    outcome.figures["twice"] = len(book.mails) - len({mail.message_id for mail in book.mails})
    outcome.figures["ambiguous"] = sum(d.ambiguous_count for d in book.deliveries)
    outcome.figures["most attempts"] = max((d.attempts for d in book.deliveries), default=0)
    figures = ", ".join(f"{name} {n}" for name, n in outcome.figures.items())
    return "\n".join([f"seed {SEED}", *world.story, figures, f"{len(wrong)} wrong", *wrong[:200]])


def _open_atelier(database_url: str) -> None:
    """Without any policy but those below: what the histories are held against knows no buffers."""
    database = connect(database_url)
    with orm.Session(database) as db, db.begin():
        atelier(db)
    database.dispose()


def _tokens(database: Engine) -> dict[str, str]:
    """Everybody's token; and what a coordinator lays down before they come."""
    now = datetime.now(UTC)
    roles = dict.fromkeys(PEOPLE, Role.TRAINER) | {COORDINATOR: Role.COORDINATOR}
    with orm.Session(database) as db, db.begin():
        site_id = db.scalars(select(Site.id)).one()
        people = {
            name: person_called(db, site_id, address=f"{name.lower()}@atelier.example", name=name) for name in roles
        }
        db.flush()
        by = Actor(people[COORDINATOR].id, site_id, is_coordinator=True)
        for room, knobs in POLICIES.items():
            ruling.set_policy(db, ruling.About("room", room), knobs, reason="", version=0, by=by, now=now)
        return {name: Token.issue(db, people[name], role, label="chaos", now=now) for name, role in roles.items()}
