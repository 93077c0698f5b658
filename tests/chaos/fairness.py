"""Whether everybody got what was due, in turn: told from the event log alone.

Whatever takes a room or gives it back is written while the house is held, so that the ids of these events are their
true order. What is asked for is not: that somebody asked earlier than somebody else is known only where the one's event
had been relayed, and so committed, before the other's was written. So
- a decision that grants nothing is unfair when no reservation held any of its rooms at that time;
- a request was overtaken when another one, asked for later, got a common room at an overlapping time before it was
  decided;
- somebody in line was passed over when somebody who had asked later got something while all that the one in line waited
  for was free.
"""

from collections.abc import Iterator
from itertools import combinations

from tests.chaos.book import Book
from tests.chaos.replay import IN_LINE, Ask, Decision, History, Span

# of what nobody holds: for a room that is booked on request, and for an option that would be over by now
OTHER_REASONS = {"move_needs_approval", "option_over"}


def fairness(book: Book, history: History) -> Iterator[str]:
    """Told only when every event was relayed, without which the order of commits is not known."""
    if any(event.relayed_at is None for event in book.events):
        return
    yield from _held_at_once(history)
    for decision in history.decisions:
        if not decision.granted:
            yield from _without_reason(book, history, decision)
    yield from _overtaken(history)
    yield from _passed_over(history)
    end = book.events[-1].id + 1 if book.events else 0
    for wait in history.line:
        if wait.until is None and not _holders(history, wait.ask, end):
            yield f"{wait} still waits, though all is free"


def _held_at_once(history: History) -> Iterator[str]:
    for one, other in combinations(history.holds, 2):
        if one.ask.collides(other.ask) and _at_once(one, other):
            yield f"held at once: {one} and {other}"


def _overtaken(history: History) -> Iterator[str]:
    for early in history.granted:
        for late in history.decisions:
            is_behind = late.is_first and early.event.id < late.event.id
            if is_behind and _asked_before(late.ask, early.ask) and early.ask.collides(late.ask):
                yield f"{early} overtook {late}"


def _passed_over(history: History) -> Iterator[str]:
    for grant in history.granted:
        for wait in history.line:
            if _is_passed_over(wait, grant, history):
                yield f"{wait} was passed over by {grant}"


def _without_reason(book: Book, history: History, decision: Decision) -> Iterator[str]:
    if decision.event.type != IN_LINE and decision.event.data["code"] in OTHER_REASONS:
        return
    if decision.event.type != IN_LINE and decision.event.data["code"] != "room_taken":
        yield f"refused for no good reason: {decision}"
        return
    holders = _holders(history, decision.ask, decision.event.id)
    if not holders:
        yield f"refused, though all was free: {decision}"
    refusal = book.reservations[decision.event.reservation_id].refusal
    is_last = not any(
        d.event.reservation_id == decision.event.reservation_id and d.event.id > decision.event.id
        for d in history.decisions
    )
    named = {(c[0], c[1]) for c in refusal["conflicts"]} if is_last and refusal else set()
    if not holders.issuperset(named):
        yield f"{decision} names {named}, the rooms were held by {holders}"


def _is_passed_over(wait: Span, grant: Decision, history: History) -> bool:
    return (
        wait.is_at(grant.event)
        and wait.id != grant.event.reservation_id
        and wait.ask.start > grant.event.recorded_at
        and _asked_before(wait.ask, grant.ask)
        and wait.ask.collides(grant.ask)
        and not _holders(history, wait.ask, grant.event.id)
    )


def _holders(history: History, ask: Ask, when: int) -> set[tuple[int, int]]:
    """Which of these rooms were held at that time just before that event, and by whom else."""
    return {
        (room, hold.id)
        for hold in history.holds
        if hold.id != ask.event.reservation_id
        and hold.ask.collides(ask)
        and hold.since.id < when
        and (hold.until is None or hold.until.id >= when)
        for room in hold.ask.rooms & ask.rooms
    }


def _asked_before(one: Ask, other: Ask) -> bool:
    return (
        bool(one.event.relayed_at < other.event.recorded_at) and one.event.reservation_id != other.event.reservation_id
    )


def _at_once(one: Span, other: Span) -> bool:
    first, second = sorted((one, other), key=lambda hold: hold.since.id)
    return first.until is None or first.until.id > second.since.id
