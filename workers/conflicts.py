"""The task that decides requests."""

from datetime import UTC, datetime

import structlog
from sqlalchemy.exc import InterfaceError, OperationalError

from shared import broker, deciding
from shared.store.base import transaction
from workers.app import app
from workers.waking import drain

log = structlog.get_logger()


@app.task(name="conflicts.decide")
def decide() -> None:
    """Decide what waits; a second wake-up finds the rooms locked, or nothing waiting."""
    drain("conflicts.decide", decide_some)


def decide_some() -> bool:
    """Decide one batch, and tell who waits for it; False when nothing more could be decided at once.

    Rooms that another decider holds are waited for when there is nothing else to do: what came in behind its back
    would otherwise wait for the tick, and so would a request for two rooms of which two deciders hold one each.
    """
    try:
        decided = _commit()
        if not decided.ids:
            decided = _commit(patiently=True)
    except (OperationalError, InterfaceError):
        raise  # the database is away or busy: that is nobody's fault, and passes
    except Exception:  # one poisoned request must not hold up the venue: find it by going one by one
        log.exception("a batch failed, deciding one by one")
        decided = _decide_one()
    if decided.ids:
        broker.tell_decided(decided.ids)
        broker.ring()
    return decided.more


def _decide_one() -> deciding.Decided:
    """Decide the first request alone; one that fails is refused, and no other: it stays locked from the try on."""
    with transaction() as db:
        now = datetime.now(UTC)
        taken = deciding.take(db, batch=1)
        try:
            with db.begin_nested():
                return deciding.decide(db, now=now, batch=1, taken=taken)
        except (OperationalError, InterfaceError):
            raise
        except Exception:  # refused with a reason that sends its owner to a person, and in the log for us
            log.exception("a request cannot be decided, it is set aside")
            return deciding.set_aside(db, taken, now=now)


def _commit(*, patiently: bool = False) -> deciding.Decided:
    with transaction() as db:
        return deciding.decide(db, now=datetime.now(UTC), patiently=patiently)
