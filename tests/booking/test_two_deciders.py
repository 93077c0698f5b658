"""Two deciders at once decide as one would who took one request after the other."""

from concurrent.futures import ThreadPoolExecutor
from random import Random
from time import monotonic

import pytest

from tests.house import House, slot
from tests.state.model import Model


def decide_until_nothing_waits(house: House, batch: int) -> None:
    deadline = monotonic() + 60
    while house.rows("SELECT FROM reservation WHERE turn IS NOT NULL LIMIT 1"):
        house.decide_once(batch)
        assert monotonic() < deadline, "the deciders do not come to an end"


def submit_at_random(house: House, model: Model, random: Random, count: int) -> None:
    """Requests for one to three rooms in one crowded week; now and then a confirmed one asks to move."""
    names = sorted(house.rooms)
    for _ in range(count):
        start = random.randrange(8, 18)
        at = slot(start, start + random.randrange(1, 4), day=random.randrange(3))
        rooms = random.sample(names, random.choice((1, 1, 1, 2, 3)))
        wish = (at, frozenset(house.rooms[name] for name in rooms))
        confirmed = model.with_state("confirmed")
        if confirmed and random.random() < 0.15:
            moving = random.choice(confirmed)
            house.move(moving, at, *rooms)
            model.move(moving, wish)
        else:
            model.request(house.ask(*rooms, at=at), wish)


@pytest.mark.parametrize("seed", [1, 2])
def test_two_deciders_agree_with_one_after_the_other(house: House, seed: int) -> None:
    random, model = Random(seed), Model()
    submit_at_random(house, model, random, 60)
    house.decide()
    model.decide(60)
    submit_at_random(house, model, random, 140)
    with ThreadPoolExecutor(2) as pool:
        for decider in [pool.submit(decide_until_nothing_waits, house, batch) for batch in (3, 10)]:
            decider.result()
    model.decide(200)
    expected = {id_: (entry.state, entry.asked[0].start, entry.asked[1]) for id_, entry in model.entries.items()}
    rows = house.rows("SELECT id, state, starts_at, resource_ids FROM reservation")
    assert {row.id: (row.state, row.starts_at, frozenset(row.resource_ids)) for row in rows} == expected
    assert {"confirmed", "refused"} <= {state for state, *_ in expected.values()}


def test_a_request_that_comes_while_two_decide_is_decided_too(house: House) -> None:
    """Fifty ask for one slot while two deciders are at work: the first one gets it."""
    with ThreadPoolExecutor(6) as pool:
        asked = [pool.submit(house.ask, "flexi-16") for _ in range(50)]
        deciders = [pool.submit(house.decide) for _ in range(4)]
        ids = [future.result() for future in asked]
        for decider in deciders:
            decider.result()
    house.decide()
    states = {row.id: row.state for row in house.rows("SELECT id, state FROM reservation")}
    assert sorted(states) == sorted(ids)
    assert sorted(states.values()) == ["confirmed", *["refused"] * 49]
