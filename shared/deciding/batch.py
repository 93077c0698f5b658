"""One batch: lock the house, take in turn, decide in memory, occupy, settle; the caller commits."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

import orjson

from shared.deciding import following, statements
from shared.deciding.ask import Ask
from shared.deciding.board import Board
from shared.deciding.judging import Judge
from shared.deciding.proposing import Proposals
from shared.deciding.sitting import Sitting, Turn
from shared.deciding.usage import Consumption
from shared.domain.policy import MOST_OCCURRENCES
from shared.domain.refusals import Refusal
from shared.domain.rules import Wanted
from shared.house import House, house_of
from shared.store.base import Db
from shared.store.occupancies import release

BATCH = 500
# a turn may be a whole series: so many rows hold at least one
SMALLEST_WINDOW = MOST_OCCURRENCES + 1


class BatchDisagreesError(Exception):
    """The constraint refused what the batch believed free: somebody wrote occupancies without the house's lock."""


@dataclass(frozen=True, slots=True)
class Decided:
    """The reservations of one batch, and whether more may wait behind it that could be decided at once."""

    ids: tuple[int, ...] = ()
    more: bool = False


@dataclass(frozen=True, slots=True)
class Taken:
    """The turns that a decider may decide now, and their house, locked until the end of its transaction."""

    turns: list[Turn]
    house: House | None = None
    more: bool = False

    @property
    def asks(self) -> list[Ask]:
        return [ask for turn in self.turns for ask in turn]


def take(
    db: Db, batch: int = BATCH, *, patiently: bool = False, site_id: int | None = None, turn: int | None = None
) -> Taken:
    """Lock a house in which something waits, with its first `batch` turns: one that nobody holds, or patiently any.

    turn: only that one, for somebody who holds the house and has seen to it that nobody is passed over by this.
    """
    lock = statements.LOCK_ANY_HOUSE if patiently else statements.LOCK_FREE_HOUSE
    held = db.execute(lock, {"site_id": site_id}).first()
    if held is None:
        return Taken([])
    most = max(batch, SMALLEST_WINDOW)
    found = db.execute(statements.WAITING, {"site_id": held.site_id, "most": most, "turn": turn})
    rows = sorted(found, key=lambda row: (row.turn, row.id))  # a row that had to be waited for may have another turn
    asks = [Ask.of(n, row) for n, row in enumerate(rows)]
    turns: list[Turn] = [list(turn) for _, turn in groupby(asks, key=lambda ask: ask.row.turn)]
    is_cut = len(rows) == most
    if is_cut and len(turns) > 1:
        turns.pop()  # it may be a part of a series only
    now = _until_a_move(turns[:batch])
    more = is_cut or len(now) < len(turns) or any(row.elsewhere for row in rows[:1])
    # what a move releases may be waited for
    return Taken(now, house_of(db, held.site_id, held.version), more=more or any(turn[0].is_move for turn in now))


def decide(
    db: Db, *, now: datetime, batch: int = BATCH, taken: Taken | None = None, patiently: bool = False
) -> Decided:
    """Decide up to `batch` turns, or those taken already, in one transaction that the caller commits.

    Raises BatchDisagreesError when the constraint knows better; the caller then tries with batch=1, where the
    constraint's word is final.
    """
    taken = taken or take(db, batch, patiently=patiently)
    if taken.house is None or not taken.turns:
        return Decided()
    settled = _decide_at_once(db, taken.house, taken.turns, now)
    if settled is None:
        settled = _decide_by_the_book(db, taken.house, taken.turns, now, is_final=batch == 1)
    return Decided(tuple(ask.id for ask in settled), taken.more)


def set_aside(db: Db, taken: Taken, *, now: datetime) -> Decided:
    """Refuse what was taken because deciding it fails; its owner is sent to a person."""
    asks = [ask.begin_again() for ask in taken.asks]
    for ask in asks:
        ask.refuse(Refusal("undecidable"))
    _settle(db, asks, now)
    return Decided(tuple(ask.id for ask in asks), more=True)


def _until_a_move(turns: list[Turn]) -> list[Turn]:
    """The batch ends with the first move: it may release a slot, which those behind it must see."""
    first = next((n for n, turn in enumerate(turns) if turn[0].is_move), len(turns))
    return turns[: first + 1]


def _decide_at_once(db: Db, house: House, turns: list[Turn], now: datetime) -> list[Ask] | None:
    """Most requests are for something free: try it before asking who is in the way. None, and nothing written, else.

    Not where somebody lost already, who is to hear of everything in the way; and not where the book must be asked.
    """
    asks = [ask for turn in turns for ask in turn]
    if any(_must_ask_the_book(ask, house) for ask in asks):
        return None
    _sit(db, house, turns, Board(house), now)
    if any(ask.conflicts for ask in asks):
        return None
    if _settle(db, asks, now):
        return asks
    db.execute(statements.RELEASE, {"ids": [ask.id for ask in asks]})
    return None


def _decide_by_the_book(db: Db, house: House, turns: list[Turn], now: datetime, *, is_final: bool) -> list[Ask]:
    turns = [[ask.begin_again() for ask in turn] for turn in turns]
    asks = [ask for turn in turns for ask in turn]
    board = Board(house)
    board.read(db, asks)
    _sit(db, house, turns, board, now)
    if not is_final:
        if not _settle(db, asks, now):
            raise BatchDisagreesError
    elif not _settle_or_undo(db, asks, now):
        for ask in asks:
            ask.refuse(Refusal("room_taken"))
        _settle(db, asks, now)
    return asks


def _must_ask_the_book(ask: Ask, house: House) -> bool:
    """Not to be tried blindly: what leaves or waits for something, many dates at once, units and transitions."""
    if ask.is_move or ask.is_waitlisted or ask.row.series_id is not None or ask.row.on_conflict == "wait":
        return True
    return any(_depends_on_others(house.wanted(id_, ask.row.group_id)) for id_ in ask.resource_ids)


def _depends_on_others(wanted: Wanted) -> bool:
    return wanted.kind == "equipment" or bool(wanted.policy.transitions)


def _sit(db: Db, house: House, turns: list[Turn], board: Board, now: datetime) -> None:
    consumption = Consumption(db, house, [ask for turn in turns for ask in turn], now)

    def read(others: Sequence[Ask]) -> None:
        board.read(db, others)
        consumption.read(db, others)

    judge, proposals = Judge(house, consumption, now), Proposals(db, house, now, read)
    Sitting(house, board, consumption, judge, proposals.to, now).decide(turns)


def _settle(db: Db, asks: Sequence[Ask], now: datetime) -> bool:
    """Write the decisions and what the winners occupy; False, and no decision, when the constraint refuses a row."""
    decided = [ask for ask in asks if not ask.stays_in_line]
    moved = [ask.id for ask in decided if ask.is_move and ask.is_granted]
    if moved:
        release(db, moved, asks[0].row.site_id, now=now)
    following.number_the_line(db, decided)
    rows = [row for ask in decided for row in ask.rows]
    happened = [(ask, event) for ask in decided for event in ask.events]
    events = [
        {
            "n": n,
            "reservation_id": ask.id,
            "type": type(event).__name__,
            "data": event.data,
            "correlation_id": ask.row.correlation_id,
        }
        for n, (ask, event) in enumerate(happened)
    ]
    values = {
        "stays": _json(rows),
        "expected": len(rows),
        "decisions": _json([ask.decision for ask in decided]),
        "events": _json(events),
        "site_id": asks[0].row.site_id,
        "now": now,
    }
    if db.scalars(statements.SETTLE, values).one() != len(rows):
        return False
    following.follow(db, asks, now)
    return True


def _settle_or_undo(db: Db, asks: list[Ask], now: datetime) -> bool:
    """The same, leaving nothing written when the constraint refuses a row."""
    with db.begin_nested() as savepoint:
        is_settled = _settle(db, asks, now)
        if not is_settled:
            savepoint.rollback()
    return is_settled


def _json(rows: list[dict[str, object]]) -> str:
    return orjson.dumps(rows).decode()
