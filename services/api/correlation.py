"""Around every request: a correlation id from here to the mail, one log line, and a bound on its size."""

import re
import time
from uuid import uuid4

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.api.problems import problem

MOST_BYTES = 2 * 1024 * 1024
ACCEPTABLE = re.compile(r"[A-Za-z0-9._-]{1,64}")
QUIET = frozenset({"/healthz", "/readyz", "/metrics"})

log = structlog.get_logger()


class TooLargeError(Exception):
    """The body is larger than any that makes sense here."""


class Correlation:
    """ASGI middleware; the id is the caller's X-Request-ID when it is a decent one, else new."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        given = Headers(scope=scope).get("x-request-id", "")
        correlation_id = given if ACCEPTABLE.fullmatch(given) else uuid4().hex
        scope["correlation_id"] = correlation_id
        began, status, received = time.perf_counter(), 0, 0

        async def bounded() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > MOST_BYTES:
                raise TooLargeError
            return message

        async def labelled(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)["x-request-id"] = correlation_id
            await send(message)

        # each request runs in a task, and so in a context, of its own: nothing to unbind
        structlog.contextvars.bind_contextvars(correlation_id=correlation_id)
        try:
            await self.app(scope, bounded, labelled)
        except TooLargeError:
            answer = problem(413, "too_large", f"A request has {MOST_BYTES // 1024**2} MB at most.")
            await answer(scope, receive, labelled)
        if scope["path"] not in QUIET:
            took = round((time.perf_counter() - began) * 1000, 1)
            log.info("request", method=scope["method"], path=scope["path"], status=status, ms=took)
