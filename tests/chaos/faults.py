"""Which fault happens when: a plan made from a seed before anything runs, every kind at least once a round."""

import random
from dataclasses import dataclass

from shared.invitations.deliver import LEASE

ROUND = 38.0  # seconds; one kind outlasts a lease, the others share the time
STOPPED = LEASE.total_seconds() + 2
FROZEN = ("mail-0", "decide-1")  # in turn, a round each

KINDS = (
    "kill api",
    "kill relay",
    "kill decide-0",
    "kill decide-1",
    "kill mail-0",
    "kill mail-1",
    "kill mailbox",
    "kill inbox-0",
    "kill inbox-1",
    "kill schedule-0",
    "kill schedule-1",
    "terminate decide-0",
    "terminate mail-1",
    "terminate mailbox",
    "kill valkey",
    "flush valkey",
    "crash postgres",
    "restart smtp",
)


@dataclass(frozen=True, slots=True)
class Fault:
    """At `at` seconds something breaks, and what was killed comes back `away` seconds later."""

    at: float
    kind: str
    away: float


def plan(seed: int, seconds: float) -> list[Fault]:
    """The faults of that many seconds, in order; the same for the same seed.

    In each round one worker is frozen for longer than a lease, and thaws; everything else happens once meanwhile, in an
    order and after pauses that the seed chooses.
    """
    chance = random.Random(seed)
    faults: list[Fault] = []
    for number in range(max(1, round(seconds / ROUND))):
        begin = number * ROUND
        frozen = FROZEN[number % len(FROZEN)]
        faults.append(Fault(begin + 3, f"freeze {frozen}", STOPPED))
        kinds = [kind for kind in KINDS if not kind.endswith(frozen)]
        step = (ROUND - 4) / len(kinds)
        for place, kind in enumerate(chance.sample(kinds, len(kinds))):
            at = begin + 2 + (place + chance.uniform(0, 0.9)) * step
            faults.append(Fault(at, kind, chance.uniform(0.1, 1.5)))
    return sorted(faults, key=lambda fault: fault.at)
