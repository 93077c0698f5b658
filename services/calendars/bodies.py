"""Composed bodies that are remembered while they are true: many subscribe to one calendar, and ask again and again."""

import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import Final

MOST_BYTES: Final = 64 * 2**20


class Bodies:
    """By ETag, which names every byte; the least used go when they are too many. Threads may share one."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._most, self._held = most_bytes, 0
        self._bodies: OrderedDict[str, bytes] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, etag: str) -> bytes | None:
        with self._lock:
            body = self._bodies.get(etag)
            if body is not None:
                self._bodies.move_to_end(etag)
            return body

    def keep(self, etag: str, body: bytes) -> None:
        """Remember it, unless it is too large to stand beside others."""
        if len(body) > self._most // 4:
            return
        with self._lock:
            self._held += len(body) - len(self._bodies.pop(etag, b""))
            self._bodies[etag] = body
            while self._held > self._most:
                _, gone = self._bodies.popitem(last=False)
                self._held -= len(gone)

    @property
    def held(self) -> int:
        """How many bytes are remembered."""
        return self._held


def remembered(bodies: Bodies, etag: str, make: Callable[[], bytes]) -> bytes:
    """The body of that ETag, made when it is not remembered."""
    body = bodies.get(etag)
    if body is None:
        body = make()
        bodies.keep(etag, body)
    return body
