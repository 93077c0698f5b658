"""What must be true of every history, whatever broke: pure checks, each of which lists what is wrong."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from tests.chaos.book import Book
from tests.chaos.fairness import fairness
from tests.chaos.lives import lives
from tests.chaos.load import Asked
from tests.chaos.replay import replay

HOLDING = {"confirmed", "tentative"}


def wrong(book: Book, asked: Sequence[Asked], brought: Sequence[str] = ()) -> list[str]:
    """All that is wrong; `brought` are the Message-IDs of the mails that came in and were acknowledged."""
    return [
        *bookings(book, asked),
        *fairness(book, replay(book, asked)),
        *lives(book),
        *mails(book),
        *calendars(book),
        *inbox(book, brought),
    ]


def bookings(book: Book, asked: Sequence[Asked]) -> Iterator[str]:
    """Every accepted request is in the book, once, decided, and holds exactly what it says that it holds."""
    by_title: defaultdict[str, list[int]] = defaultdict(list)
    for reservation in book.reservations.values():
        by_title[reservation.title].append(reservation.id)
        if reservation.state not in HOLDING | {"waitlisted", "refused", "cancelled", "expired"}:
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
    """News comes in order, and in the end everybody's calendar shows what the book says is confirmed."""
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
        due = {address for id_, address in coming if id_ == r.id} if r.state == "confirmed" else set()
        entries = {to: e for (uid, to), e in shown.items() if uid == invitation.uid and e.method == "REQUEST"}
        if set(entries) != due:
            yield f"{r} should be in the calendars of {due}, and is in those of {set(entries)}"
        for recipient, entry in entries.items():
            has_rooms = all(book.room_names[room] in entry.place for room in r.resource_ids)
            if (entry.start, entry.end) != (r.starts_at, r.ends_at) or not has_rooms:
                yield f"the calendar of {recipient} says {entry}, the book {r}"
    told = {invitation.reservation_id for invitation in book.invitations}
    yield from (f"nobody knows of {r}" for r in book.reservations.values() if r.state in HOLDING and r.id not in told)


def inbox(book: Book, brought: Sequence[str]) -> Iterator[str]:
    """Every mail that was acknowledged is there once, is handled, and did what its note says, once."""
    rows: defaultdict[str, list[Any]] = defaultdict(list)
    for mail in book.inbox:
        rows[mail.message_id].append(mail)
        if mail.state != "handled":
            yield f"{mail} is not handled"
        noted = book.answers.get(f"mail {mail.id}", 0)
        if noted != (mail.outcome == "answered"):
            yield f"{mail} was noted {noted} times"
    for message_id in brought:
        if len(rows.pop(message_id, [])) != 1:
            yield f"{message_id} was acknowledged, and is not in the inbox once"
    yield from (f"nobody brought {mails}" for mails in rows.values())
