"""Deciding without taking: the same code on the same book, undone before anybody else can see it."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import TypeVar

from sqlalchemy import text

from shared import deciding
from shared.store.base import Db
from shared.store.house import lock_house

WAITING = text("SELECT 1 FROM reservation WHERE id = ANY(:ids) AND turn IS NOT NULL LIMIT 1")
ANY_WAITING = text("SELECT 1 FROM reservation WHERE site_id = :site_id AND turn IS NOT NULL LIMIT 1")

Answer = TypeVar("Answer")


def preview(
    db: Db, site_id: int, ask: Callable[[], Sequence[int]], show: Callable[[Sequence[int]], Answer], *, now: datetime
) -> Answer:
    """What would become of these requests now: `ask` enters them, `show` reads what was decided.

    The house is held meanwhile, so that whoever waits before them is decided before them, here as in truth.
    """
    with undone(db):
        lock_house(db, site_id)
        ids = ask()
        decide_all(db, site_id, ids, now=now)
        return show(ids)


def decide_all(db: Db, site_id: int, ids: Sequence[int], *, now: datetime) -> None:
    """Decide in turn until nothing of these waits any more, in the caller's transaction."""
    while _waits(db, ids):
        _decide_some(db, site_id, now)
    db.expire_all()


def decide_waiting(db: Db, site_id: int, *, now: datetime) -> None:
    """Decide all that waits at a site, in turn, in the transaction of a caller who holds its house."""
    while db.scalars(ANY_WAITING, {"site_id": site_id}).first() is not None:
        _decide_some(db, site_id, now)
    db.expire_all()


def decide_turn(db: Db, site_id: int, turn: int, *, now: datetime) -> None:
    """Decide that turn alone, for a caller who holds the house and has let everybody be decided who came before."""
    _decide_some(db, site_id, now, turn=turn)
    db.expire_all()


def _decide_some(db: Db, site_id: int, now: datetime, *, turn: int | None = None) -> None:
    db.flush()
    try:
        with db.begin_nested():
            deciding.decide(db, now=now, taken=deciding.take(db, site_id=site_id, patiently=True, turn=turn))
    except deciding.BatchDisagreesError:
        taken = deciding.take(db, batch=1, site_id=site_id, patiently=True, turn=turn)
        deciding.decide(db, now=now, batch=1, taken=taken)


@contextmanager
def undone(db: Db) -> Iterator[None]:
    """Whatever is written within is taken back at the end, with its locks."""
    with db.begin_nested() as savepoint:
        yield
        savepoint.rollback()


def _waits(db: Db, ids: Sequence[int]) -> bool:
    # as one array: an import has thousands
    return db.scalars(WAITING, {"ids": list(ids)}).first() is not None
