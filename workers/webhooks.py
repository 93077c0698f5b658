"""The task that calls the systems of others, many at once and each of them one message at a time."""

import asyncio
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import structlog

from shared.settings import settings
from shared.store.base import transaction
from shared.webhooks import ledger
from shared.webhooks.posting import Answer, post
from shared.webhooks.signing import headers
from workers.app import app
from workers.waking import drain

AT_ONCE = 20
LOOK = 0.5
# longer than anybody is waited for: while one turn ends with those who are slow, the next one serves all others
TURN_SECONDS = 20.0
# of the threads of a worker; the others publish meanwhile
turns = threading.Semaphore(2)

log = structlog.get_logger()


@app.task(name="webhooks.send")
def send() -> None:
    """Send what is due; woken twice, it finds the messages leased, or sent, and a third time two at it already."""
    if turns.acquire(blocking=False):
        try:
            drain("webhooks.send", send_some)
        finally:
            turns.release()


def send_some() -> bool:
    """Send for a while; False when nothing was due any more."""
    return asyncio.run(_send_some())


async def _send_some() -> bool:
    """Whoever answers gets their next message at once, while others are still waited for."""
    # names that nobody answers for keep a thread each, and the book must not wait for them
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(2 * AT_ONCE))
    end = time.monotonic() + TURN_SECONDS
    calls: set[asyncio.Task[None]] = set()
    is_more = False
    try:
        while True:
            if time.monotonic() < end and len(calls) < AT_ONCE:
                parcels = await asyncio.to_thread(_claim, AT_ONCE - len(calls))
                calls |= {asyncio.create_task(_send(parcel)) for parcel in parcels}
                is_more = bool(parcels)
            if not calls:
                return is_more
            # not only until somebody answers: what becomes due meanwhile is for those who are not being called
            done, calls = await asyncio.wait(calls, timeout=LOOK, return_when=asyncio.FIRST_COMPLETED)
            for call in done:
                call.result()
    finally:  # a book that is away for one of them is no reason to hang up on the others
        await asyncio.gather(*calls, return_exceptions=True)


async def _send(parcel: ledger.Parcel) -> None:
    with structlog.contextvars.bound_contextvars(webhook=parcel.webhook_id, message=parcel.id):
        answer = await _answer_to(parcel)
        await asyncio.to_thread(_settle, parcel, answer)
        log.info("webhook called", answer=answer.words, attempt=parcel.attempts)


async def _answer_to(parcel: ledger.Parcel) -> Answer:
    try:
        signed = headers(parcel.key, parcel.body, parcel.secrets, now=_now())
        return await post(parcel.url, parcel.body, signed, allow_local=settings().webhooks_allow_local)
    except Exception as error:  # one message that cannot be sent must not be tried for ever, nor hold up the others
        log.exception("a webhook cannot be called")
        return Answer(None, f"cannot be sent: {type(error).__name__}")


def _claim(most: int) -> list[ledger.Parcel]:
    with transaction() as db:
        return ledger.claim(db, now=_now(), most=most)


def _settle(parcel: ledger.Parcel, answer: Answer) -> None:
    with transaction() as db:
        ledger.settle(db, parcel, answer, now=_now())


def _now() -> datetime:
    return datetime.now(UTC)
