"""The transaction of a request, and POSTs that are done once per Idempotency-Key."""

from collections.abc import AsyncIterator, Callable, Iterator
from datetime import UTC, datetime
from typing import Annotated

from fastapi import Depends, Request, Response

from shared.domain.errors import KeyReusedError
from shared.store.base import Db, reading, transaction
from shared.store.idempotency import Key, claim, recall


def get_db(request: Request) -> Iterator[Db]:
    """One transaction per request, committed before the answer goes out; then the bell rings for what was recorded."""
    with transaction() as db:
        yield db
    request.app.state.bell.ring_soon()


async def get_reading() -> AsyncIterator[Db]:
    """A session for reads; async, because opening and closing it waits for nothing and needs no thread."""
    with reading() as db:
        yield db


# scope="function": with the default, a commit that fails would come after a success was answered
InTransaction = Annotated[Db, Depends(get_db, scope="function")]
Reading = Annotated[Db, Depends(get_reading, scope="function")]


def once(db: Db, key: Key | None, do: Callable[[], Response]) -> Response:
    """Do it, or give the answer that the same key got before; raises KeyReusedError for another request.

    The key, the answer and what was done are one commit: killed before it, all are gone and a retry does it anew;
    a second request with the key waits for the first at the unique index.
    """
    if key is None:
        return do()
    if claim(db, [key], datetime.now(UTC)):
        answer = do()
        row = recall(db, key)
        row.status, row.body = answer.status_code, bytes(answer.body)
        row.headers = {name: value for name, value in answer.headers.items() if name != "content-length"}
        return answer
    known = recall(db, key)
    if known.fingerprint != key.fingerprint or known.status is None:
        raise KeyReusedError("This Idempotency-Key was used before with another request: take a new one.")
    return Response(known.body, known.status, headers=known.headers or {})
