"""The tasks that announce what changed, and send what is in the ledger."""

import time
from datetime import UTC, datetime
from functools import lru_cache

import structlog

from shared import broker
from shared.invitations import deliver
from shared.invitations.announce import announce_some
from shared.mail import ConfigurationFailure, FinalFailure, Mailer, PassingFailure, mailer_from
from shared.settings import settings
from shared.store.base import transaction
from workers.app import app
from workers.waking import drain

CLAIM = 10
# a server that is slow must not make leases end unused, nor hold up a worker that is told to stop
BATCH_SECONDS = 2.0

log = structlog.get_logger()


@app.task(name="invitations.announce")
def announce() -> None:
    """Write the deliveries that changes call for; woken twice, it finds no difference."""
    drain("invitations.announce", announce_batch)


@app.task(name="invitations.send")
def send() -> None:
    """Send what is due; woken twice, it finds the deliveries leased, or sent."""
    drain("invitations.send", send_batch)


def announce_batch() -> bool:
    with transaction() as db:
        count = announce_some(db, now=_now())
    if count:
        broker.ring("InvitationsQueued")
    return count > 0


def send_batch() -> bool:
    with transaction() as db:
        parcels = deliver.claim(db, now=_now(), most=CLAIM)
    end = time.monotonic() + BATCH_SECONDS
    for number, parcel in enumerate(parcels):
        if number and time.monotonic() > end:
            with transaction() as db:
                deliver.give_back(db, parcels[number:])
            break
        send_one(parcel)
    return bool(parcels)


def send_one(parcel: deliver.Parcel) -> None:
    """Send one mail, and write into the ledger what came of it."""
    with structlog.contextvars.bound_contextvars(correlation_id=parcel.correlation_id, delivery=parcel.id):
        if deliver.is_fresh(parcel, now=_now()):
            _send(parcel)


def _send(parcel: deliver.Parcel) -> None:
    def note_the_dot() -> None:
        with transaction() as db:
            deliver.point_of_no_return(db, parcel, now=_now())

    try:
        receipt = mailer().send(parcel.envelope, parcel.message, before_commit=note_the_dot)
    except deliver.LostLeaseError:
        log.warning("another worker took this mail over")
    except FinalFailure as failure:
        log.warning("mail refused for good", answer=str(failure))
        with transaction() as db:
            deliver.refused_for_good(db, parcel, answer=str(failure), now=_now())
    except PassingFailure as failure:
        log.warning("mail has to wait", answer=str(failure), ambiguous=failure.ambiguous)
        with transaction() as db:
            deliver.try_later(
                db,
                parcel,
                answer=str(failure),
                ambiguous=failure.ambiguous,
                now=_now(),
                is_our_fault=isinstance(failure, ConfigurationFailure),
            )
    else:
        with transaction() as db:
            deliver.sent(db, parcel, answer=receipt.response, now=_now())
        log.info("mail sent", recipient_domain=parcel.envelope.recipient.rpartition("@")[2])


@lru_cache
def mailer() -> Mailer:
    """The mailer of this process, whose connections its threads share."""
    url = settings().smtp_url
    return mailer_from(url.get_secret_value() if url else None, settings().mail_dir)


def _now() -> datetime:
    return datetime.now(UTC)
