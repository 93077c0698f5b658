"""What must be true of every history, whatever broke: pure checks, each of which lists what is wrong.

Fairness is told from the event log alone. Decisions about one room are written under the lock of that room, so their
event ids are in their true order. A slot that is given back (cancelled, or moved away from) is not under that lock:
when exactly others could see it free is not recorded, but `relayed_at` of its event comes after its commit. So
- a refusal is unfair when no reservation held any of its rooms at that time, not even one that gave it back in a commit
  which the log cannot prove to have come before the decision began;
- a request was overtaken when another one, entered after it was known to be committed, got a common room at an
  overlapping time before it was decided.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import combinations
from typing import Any

from sqlalchemy import Row

from tests.chaos.book import Book
from tests.chaos.load import Asked

HOLDING = {"confirmed", "tentative"}


@dataclass(frozen=True, slots=True)
class Ask:
    """A request or a move as it was asked for, and the event that recorded it."""

    event: Row[Any]
    start: datetime
    end: datetime
    rooms: frozenset[int]


@dataclass(frozen=True, slots=True)
class Decision:
    """What became of an ask."""

    event: Row[Any]
    ask: Ask
    granted: bool


@dataclass(slots=True)
class Hold:
    """From which event to which a reservation held what it had asked for."""

    ask: Ask
    since: Row[Any]
    until: Row[Any] | None = None


@dataclass(frozen=True, slots=True)
class History:
    decisions: Sequence[Decision]
    holds: Sequence[Hold]


def bookings(book: Book, asked: Sequence[Asked]) -> Iterator[str]:
    """Every accepted request is in the book, once, decided, and holds exactly what it says that it holds."""
    by_title: defaultdict[str, list[int]] = defaultdict(list)
    for reservation in book.reservations.values():
        by_title[reservation.title].append(reservation.id)
        if reservation.state not in HOLDING | {"refused", "cancelled"}:
            yield f"undecided: {reservation}"
    known = {wish.id for wish in asked}
    yield from (f"nobody asked for {row}" for id_, row in book.reservations.items() if id_ not in known)
    for wish in asked:
        if by_title.get(wish.title) != [wish.id]:
            yield f"{wish.title} was answered as reservation {wish.id}, the book has {by_title.get(wish.title)}"
    yield from (f"activity {title!r} is there {n} times" for title, n in book.activities.items() if n != 1)
    yield from (f"overlap: {row}" for row in book.overlaps)
    held: defaultdict[int, set[tuple[int, datetime, datetime]]] = defaultdict(set)
    for row in book.occupancies:
        held[row.reservation_id].add((row.resource_id, row.start, row.end))
    for r in book.reservations.values():
        due = {(room, r.starts_at, r.ends_at) for room in r.resource_ids} if r.state in HOLDING else set()
        if held[r.id] != due:
            yield f"{r} holds {held[r.id]}"
    yield from (f"unrelayed: {event}" for event in book.events if event.relayed_at is None)


def fairness(book: Book, history: History) -> Iterator[str]:
    """No two ever held one room at once, nobody was refused without reason, nobody was overtaken.

    Told only when every event was relayed, without which the order of commits is not known.
    """
    if any(event.relayed_at is None for event in book.events):
        return
    for one, other in combinations(history.holds, 2):
        if _collide(one.ask, other.ask) and _at_once(one, other):
            yield f"held at once: {one} and {other}"
    for decision in history.decisions:
        if not decision.granted:
            yield from _refusal(book, history, decision)
    granted = [decision for decision in history.decisions if decision.granted]
    for late in history.decisions:
        for early in granted:
            if (
                early.event.id < late.event.id
                and late.ask.event.relayed_at < early.ask.event.recorded_at
                and early.event.reservation_id != late.event.reservation_id
                and _collide(early.ask, late.ask)
            ):
                yield f"{early} overtook {late}"


def mails(book: Book) -> Iterator[str]:
    """The ledger and what was received agree, and no recipient can be confused by it."""
    copies: defaultdict[str, list[bytes]] = defaultdict(list)
    says: defaultdict[tuple[object, ...], set[bytes]] = defaultdict(set)
    for mail in book.mails:
        copies[mail.message_id.strip("<>").partition("@")[0]].append(mail.content)
        if mail.entry is not None:
            e = mail.entry
            says[mail.recipient, e.uid, e.sequence, e.dtstamp, e.method].add(mail.content)
    for d in book.deliveries:
        name = f"delivery {d.id} to {d.recipient} ({d.state}, {d.method}, {d.attempts} attempts, {d.last_answer!r})"
        found = copies.pop(str(d.key), [])
        if d.state != "sent":
            yield f"{name} is not sent"
        if not found:
            yield f"{name} was not received"
        if any(content != bytes(d.message) for content in found):
            yield f"{name} was received with other bytes than the ledger's"
        if len(found) > 1 + d.ambiguous_count:
            yield f"{name} came {len(found)} times, the ledger counts {d.ambiguous_count} ambiguous attempts"
    yield from (f"mail {key} is not in the ledger" for key in copies)
    yield from (f"{len(c)} different mails for {what}" for what, c in says.items() if len(c) > 1)


def calendars(book: Book) -> Iterator[str]:
    """News comes in order, and in the end everybody's calendar shows what the book says."""
    shown: dict[tuple[str, str], Any] = {}
    seen: set[str] = set()
    for mail in book.mails:
        if mail.entry is None or mail.message_id in seen:
            continue
        seen.add(mail.message_id)
        where = (mail.entry.uid, mail.recipient)
        before = shown.get(where)
        if before and (mail.entry.sequence, mail.entry.dtstamp) < (before.sequence, before.dtstamp):
            yield f"{where} got {mail.entry} after {before}"  # a calendar would ignore it: so do we
            continue
        shown[where] = mail.entry
    coming = {(a.reservation_id, a.address) for a in book.attendees if a.removed_at is None}
    for invitation in book.invitations:
        r = book.reservations[invitation.reservation_id]
        due = {address for id_, address in coming if id_ == r.id} if r.state in HOLDING else set()
        entries = {to: e for (uid, to), e in shown.items() if uid == invitation.uid and e.method == "REQUEST"}
        if set(entries) != due:
            yield f"{r} should be in the calendars of {due}, and is in those of {set(entries)}"
        for recipient, entry in entries.items():
            has_rooms = all(book.room_names[room] in entry.place for room in r.resource_ids)
            if (entry.start, entry.end) != (r.starts_at, r.ends_at) or not has_rooms:
                yield f"the calendar of {recipient} says {entry}, the book {r}"
    told = {invitation.reservation_id for invitation in book.invitations}
    yield from (f"nobody knows of {r}" for r in book.reservations.values() if r.state in HOLDING and r.id not in told)


def replay(book: Book, asked: Sequence[Asked]) -> History:
    """Tell the events again: who asked what, what was decided, who held what from when to when."""
    wishes = {wish.id: (wish.start, wish.end, frozenset(book.room_ids[slug] for slug in wish.rooms)) for wish in asked}
    decisions: list[Decision] = []
    holds: list[Hold] = []
    asks: dict[int, Ask] = {}
    current: dict[int, Hold] = {}
    for event in book.events:
        id_, data = event.reservation_id, event.data
        if event.type == "ReservationRequested":
            asks[id_] = Ask(event, *wishes.get(id_, _as_it_is(book.reservations[id_])))
        elif event.type == "MoveRequested":
            start, end = (datetime.fromisoformat(data[name]) for name in ("start", "end"))
            asks[id_] = Ask(event, start, end, frozenset(data["resources"]))
        elif event.type in {"ReservationRefused", "MoveRefused"}:
            decisions.append(Decision(event, asks[id_], granted=False))
        elif event.type in {"ReservationConfirmed", "ReservationMoved", "ReservationCancelled"}:
            if id_ in current:
                current.pop(id_).until = event
            if event.type != "ReservationCancelled":
                decisions.append(Decision(event, asks[id_], granted=True))
                current[id_] = Hold(asks[id_], event)
                holds.append(current[id_])
    return History(decisions, holds)


def _as_it_is(row: Row[Any]) -> tuple[datetime, datetime, frozenset[int]]:
    """What somebody asked for whom the diaries do not know; `bookings` says that this is wrong."""
    return row.starts_at, row.ends_at, frozenset(row.resource_ids)


def _refusal(book: Book, history: History, decision: Decision) -> Iterator[str]:
    if decision.event.data["code"] != "room_taken":
        yield f"refused for no good reason: {decision}"
        return
    holders = {
        (room, hold.ask.event.reservation_id)
        for hold in history.holds
        if hold.ask.event.reservation_id != decision.event.reservation_id
        and _collide(hold.ask, decision.ask)
        and hold.since.id < decision.event.id
        and (hold.until is None or _may_have_held(hold.until, decision.event))
        for room in hold.ask.rooms & decision.ask.rooms
    }
    if not holders:
        yield f"refused, though all was free: {decision}"
    refusal = book.reservations[decision.event.reservation_id].refusal
    is_last = not any(
        d.event.reservation_id == decision.event.reservation_id and d.event.id > decision.event.id
        for d in history.decisions
    )
    if is_last and refusal and not holders.issuperset(tuple(conflict) for conflict in refusal["conflicts"]):
        yield f"{decision} names {refusal['conflicts']}, the rooms were held by {holders}"


def _may_have_held(end: Row[Any], decision: Row[Any]) -> bool:
    return bool(end.id > decision.id or end.relayed_at >= decision.recorded_at)


def _collide(one: Ask, other: Ask) -> bool:
    return one.start < other.end and other.start < one.end and not one.rooms.isdisjoint(other.rooms)


def _at_once(one: Hold, other: Hold) -> bool:
    first, second = sorted((one, other), key=lambda hold: hold.since.id)
    return first.until is None or first.until.id > second.since.id
