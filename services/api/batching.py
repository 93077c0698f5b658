"""Batching: what comes in while the database is at work goes to it together, next.

One writer and one reader per process instead of one transaction per request: at low load nobody waits, at high load a
commit is shared by all who came meanwhile, and requests enter the book in the order in which they arrived.
"""

import asyncio
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from shared.domain.errors import CreneauError

Item = TypeVar("Item")
Answer = TypeVar("Answer")


class Batcher(Generic[Item, Answer]):
    """Hands items to `work` in a thread, all that wait at a time; `work` returns an answer or an error for each.

    `then` is called after each batch, before anybody gets an answer. When `work` itself fails, each item is tried
    alone, so that only the one at fault fails.
    """

    def __init__(
        self,
        work: Callable[[Sequence[Item]], Sequence[Answer | CreneauError]],
        *,
        then: Callable[[], None] = lambda: None,
        most: int = 200,
    ) -> None:
        self._work = work
        self._then = then
        self._most = most
        self._waiting: list[tuple[Item, asyncio.Future[Answer]]] = []
        self._worker: asyncio.Task[None] | None = None

    async def submit(self, item: Item) -> Answer:
        """The answer for this item, or its error raised."""
        future: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._waiting.append((item, future))
        if self._worker is None or self._worker.done():
            self._worker = asyncio.create_task(self._run())
        return await future

    async def _run(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting[: self._most], self._waiting[self._most :]
            try:
                await self._do(batch)
            except Exception as error:  # noqa: BLE001  handed to whoever waits for it
                if len(batch) == 1:
                    _fail(batch[0][1], error)
                else:
                    for entry in batch:
                        await self._alone(entry)

    async def _alone(self, entry: tuple[Item, asyncio.Future[Answer]]) -> None:
        try:
            await self._do([entry])
        except Exception as error:  # noqa: BLE001  handed to whoever waits for it
            _fail(entry[1], error)

    async def _do(self, batch: list[tuple[Item, asyncio.Future[Answer]]]) -> None:
        answers = await asyncio.to_thread(self._work, [item for item, _ in batch])
        self._then()
        for (_, future), answer in zip(batch, answers, strict=True):
            if isinstance(answer, CreneauError):
                _fail(future, answer)
            elif not future.done():
                future.set_result(answer)


def _fail(future: "asyncio.Future[Answer]", error: Exception) -> None:
    if not future.done():  # a caller who went away has cancelled it
        future.set_exception(error)
