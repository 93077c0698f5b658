"""What may happen to a reservation, one thing after the other; whatever happens twice, or too late, is noticed here.

A timer that ran twice would end somebody twice, or remind twice; one that was lost leaves somebody without an end.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator

from tests.chaos.book import Book

HOLDS = {"approval", "option", "offer"}
# from what it is, by what happens, to what it then may be
WAYS: dict[tuple[str, str], set[str]] = {
    ("nothing", "ReservationRequested"): {"requested"},
    ("requested", "ReservationConfirmed"): {"confirmed"},
    ("requested", "ReservationTentative"): {"approval", "option"},
    ("requested", "ReservationWaitlisted"): {"waitlisted"},
    ("requested", "ReservationRefused"): {"refused"},
    ("requested", "ReservationCancelled"): {"cancelled"},
    ("waitlisted", "ReservationConfirmed"): {"confirmed"},
    ("waitlisted", "ReservationTentative"): {"approval", "option"},
    ("waitlisted", "OfferMade"): {"offer"},
    ("waitlisted", "ReservationExpired"): {"expired"},
    ("waitlisted", "ReservationCancelled"): {"cancelled"},
    ("approval", "ReservationApproved"): {"confirmed", "option"},
    ("approval", "ReservationDeclined"): {"refused"},
    ("approval", "ReservationExpired"): {"expired"},
    ("approval", "ReservationCancelled"): {"cancelled"},
    ("approval", "ApprovalReminded"): {"approval"},
    ("approval", "ApprovalEscalated"): {"approval"},
    ("option", "OptionConfirmed"): {"confirmed"},
    ("option", "OptionReminded"): {"option"},
    ("option", "ReservationExpired"): {"expired"},
    ("option", "ReservationCancelled"): {"cancelled"},
    ("offer", "OfferTaken"): {"confirmed"},
    ("offer", "ReservationExpired"): {"expired"},
    ("offer", "ReservationCancelled"): {"cancelled"},
    ("confirmed", "ReservationCancelled"): {"cancelled"},
}
MOVES = {"MoveRequested", "MoveWithdrawn", "MoveRefused", "ReservationMoved"}
CHANGES = {kind for _, kind in WAYS}
REMINDERS = {"ApprovalReminded": "remind", "ApprovalEscalated": "escalate", "OptionReminded": "remind"}


def lives(book: Book) -> Iterator[str]:
    """Every reservation came to what it is by what may happen, and each of its timers ran once or is still set."""
    now: defaultdict[int, set[str]] = defaultdict(lambda: {"nothing"})
    happened: defaultdict[int, Counter[str]] = defaultdict(Counter)
    for event in book.events:
        id_ = event.reservation_id
        happened[id_][event.type] += 1
        if event.type in CHANGES:
            after = set().union(*(WAYS.get((state, event.type), set()) for state in now[id_]))
            if not after:
                yield f"{event} happened to what was {now[id_]}"
            now[id_] = after or now[id_]
        elif event.type in MOVES and now[id_].isdisjoint(HOLDS | {"confirmed"}):
            yield f"{event} happened to what was {now[id_]}"
    for reservation in book.reservations.values():
        state = reservation.hold or reservation.state
        if state not in now[reservation.id]:
            yield f"{reservation} should be {now[reservation.id]}"
        yield from _timers(book, reservation.id, state, happened[reservation.id])


def _timers(book: Book, id_: int, state: str, happened: Counter[str]) -> Iterator[str]:
    set_ = [timer.kind for timer in book.timers if timer.reservation_id == id_]
    if set_.count("expire") != (state in HOLDS | {"waitlisted"}):
        yield f"reservation {id_} is {state}, and has the timers {set_}"
    for kind, timer in REMINDERS.items():
        if happened[kind] > 1:
            yield f"{happened[kind]} times {kind} of reservation {id_}"
        if state == "approval" and kind != "OptionReminded" and happened[kind] + set_.count(timer) != 1:
            yield f"reservation {id_} awaits approval: {happened[kind]} times {kind}, and has the timers {set_}"
