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
        try:
            with db.begin_nested():
                deciding.decide(db, now=now, taken=deciding.take(db, site_id=site_id, patiently=True))
        except deciding.BatchDisagreesError:
            taken = deciding.take(db, batch=1, site_id=site_id, patiently=True)
            deciding.decide(db, now=now, batch=1, taken=taken)
    db.expire_all()


@contextmanager
def undone(db: Db) -> Iterator[None]:
    """Whatever is written within is taken back at the end, with its locks."""
    with db.begin_nested() as savepoint:
        yield
        savepoint.rollback()


def _waits(db: Db, ids: Sequence[int]) -> bool:
    # as one array: an import has thousands
    return db.scalars(WAITING, {"ids": list(ids)}).first() is not None
