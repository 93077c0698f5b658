"""People who ask, move, give way, approve and decline at random, while others decide."""

from contextlib import suppress
from datetime import timedelta
from random import Random

from sqlalchemy import text

from shared import holds
from shared.domain.errors import RefusedError, WrongStateError
from shared.domain.slots import Slot
from tests.chaos.load import Asked
from tests.house import House, slot
from tests.state.laws import ROOMS
from tests.state.taken import Wish, with_parts

WHO = ("anne", "basile", "claire")
LIVE = """
SELECT id, hold, requested_by, people FROM reservation
WHERE state IN ('confirmed', 'tentative', 'waitlisted') ORDER BY id
"""
BRING_FORWARD = text("""
UPDATE timer SET due_at = :now
WHERE id = (SELECT id FROM timer WHERE due_at > :now AND id % 7 = :part ORDER BY id LIMIT 1)
""")


def wish(random: Random) -> Wish:
    """One to three rooms in a few crowded days."""
    start = random.randrange(8, 18)
    at = slot(start, start + random.randrange(1, 4), day=random.randrange(3))
    rooms = with_parts(*random.sample(ROOMS, random.choice((1, 1, 1, 2))))
    return Wish(at, rooms, random.choice((0, 5, 9)), random.choice(("", "islands")))


def ask_and_move(house: House, random: Random, count: int) -> list[Asked]:
    """Each second somebody asks for something, to move, or to give back the second half; what was asked for."""
    asked: list[Asked] = []
    for _ in range(count):
        house.passes(seconds=1)
        what = wish(random)
        if asked and random.random() < 0.3:
            mine = random.choice(asked[-20:])
            shorter = Slot(mine.start, mine.start + (mine.end - mine.start) / 2)
            to, rooms = random.choice(((what.slot, what.rooms), (shorter, ())))
            with suppress(WrongStateError):  # it is not held, or not any more
                house.move(mine.id, to, *rooms, who="claire")
        else:
            if_taken = random.choice(("refuse", "wait", "wait"))
            until = random.choice((None, None, house.now + timedelta(days=7)))
            id_ = house.ask(
                *what.rooms,
                who=random.choice(WHO),
                at=what.slot,
                people=what.people,
                layout=what.layout,
                on_conflict=if_taken,
                option_until=until,
            )
            asked.append(Asked(f"{id_}", f"{id_}", what.slot.start, what.slot.end, tuple(what.rooms), id_))
    return asked


def give_way(house: House, random: Random) -> None:
    """Somebody cancels, comes with fewer people, confirms; a coordinator approves or declines."""
    live = house.rows(LIVE)
    if not live:
        return
    chosen = random.choice(live)
    owner = next(name for name, actor in house.actors.items() if actor.person_id == chosen.requested_by)
    coordinator, now = house.actors["claire"], house.now
    with suppress(WrongStateError, RefusedError):  # somebody else was faster
        if chosen.hold is None and random.random() < 0.5:
            house.change(chosen.id, who=owner, people=random.choice((0, 5, 9)))
        elif chosen.hold is None or random.random() < 0.2:
            house.cancel(chosen.id, who=owner)
        elif chosen.hold == "approval":
            answer = random.choice((holds.approve, holds.decline))
            with house.book() as db:
                answer(db, chosen.id, reason="", by=coordinator, now=now)
        else:
            with house.book() as db:
                holds.confirm(db, chosen.id, by=house.actors[owner], now=now)


def let_time_run_out(house: House, random: Random) -> None:
    """Now and then what is held or waits comes to its end before its time."""
    with house.book() as db:
        db.execute(BRING_FORWARD, {"now": house.now, "part": random.randrange(100)})
    with house.book() as db:
        holds.run_due(db, now=house.now)
