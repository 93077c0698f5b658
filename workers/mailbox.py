"""The task that handles the mails that came in."""

import time
from datetime import UTC, datetime, timedelta

import structlog
from sqlalchemy.exc import InterfaceError, OperationalError

from shared import broker
from shared.handling import acting, leases
from shared.handling.leased import Leased
from shared.handling.looking import NotYetError, look, trusted
from shared.itip.incoming import UnreadableMail
from shared.settings import settings
from shared.store.base import transaction
from workers.app import app
from workers.waking import drain

CLAIM = 20
# name servers may be slow: leases must not end unused, nor a worker that is told to stop be held up
BATCH_SECONDS = 2.0
A_MOMENT = timedelta(seconds=1)

log = structlog.get_logger()


@app.task(name="mailbox.handle")
def handle() -> None:
    """Handle what came in; woken twice, it finds the mails leased, or handled."""
    drain("mailbox.handle", handle_batch)


def handle_batch() -> bool:
    with transaction() as db:
        mails = leases.claim(db, now=_now(), most=CLAIM)
    end = time.monotonic() + BATCH_SECONDS
    made: set[str] = set()
    for number, mail in enumerate(mails):
        if number and time.monotonic() > end:
            with transaction() as db:
                leases.give_back(db, mails[number:], now=_now())
            break
        made.add(handle_one(mail))
    if mails:  # somebody may wait for a room: who decides is woken before the book of events is read
        broker.ring("ReservationRequested" if "requested" in made else "")
    return bool(mails)


def handle_one(mail: Leased) -> str:
    """Handle one mail, and note what came of it: its outcome, '' for none yet."""
    with structlog.contextvars.bound_contextvars(mail=mail.id):
        try:
            return _handle(mail)
        except NotYetError as error:
            log.info("mail has to wait", why=str(error))
            with transaction() as db:
                leases.is_later(db, mail, until=error.until)
        except UnreadableMail as unreadable:
            with transaction() as db:
                leases.quarantine(db, mail, code=unreadable.code, reason=str(unreadable), now=_now())
        except (OperationalError, InterfaceError) as error:  # no fault of the mail, unless it comes again and again
            log.warning("database away or busy, the mail has to wait", error=str(error.orig)[:200])
            with transaction() as db:
                leases.is_later(db, mail, until=_now() + A_MOMENT, is_counted=True)
        except Exception as error:  # one poisoned mail must not hold up the others: again later, then set aside
            log.exception("a mail cannot be handled")
            with transaction() as db:
                leases.failed(db, mail, reason=f"{type(error).__name__}: {error}", now=_now())
        return ""


def _handle(mail: Leased) -> str:
    looked = look(mail, trust=trusted(settings()), now=_now())
    with transaction() as db:
        outcome = acting.act(db, mail, looked, now=_now())
    if outcome is None:
        log.warning("another worker took this mail over")
        return ""
    log.info("mail handled", outcome=outcome.code)
    return outcome.code


def _now() -> datetime:
    return datetime.now(UTC)
