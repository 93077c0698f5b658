"""Around every request: a correlation id, one log line, a bound on its size, and HEAD as GET without a body."""

import re
import time
from uuid import uuid4

import structlog
from fastapi import HTTPException
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.api.problems import problem
from shared.importing import MOST_BYTES as MOST_BYTES_OF_FILE

MEGABYTE = 1_000_000
MOST_BYTES = 2 * 1024 * 1024
# what a path takes that takes more
LARGER = {"/api/imports": MOST_BYTES_OF_FILE}
ACCEPTABLE = re.compile(r"[A-Za-z0-9._-]{1,64}")
# whoever reads the log is not to read the calendars
SECRET = re.compile(r"(?<=^/calendars/)[^/]+(?=\.[a-z]{1,10}$)|(?<=^/calendars/).+")
QUIET = frozenset({"/healthz", "/readyz", "/metrics"})

log = structlog.get_logger()


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
        most = LARGER.get(scope["path"], MOST_BYTES)
        too_large = f"A request has {most // MEGABYTE} MB at most."

        async def bounded() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > most:
                # FastAPI's own: it passes through where bodies are read, anything else there becomes a 400
                raise HTTPException(413, too_large)
            return message

        async def labelled(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)["x-request-id"] = correlation_id
            elif scope["method"] == "HEAD":
                message = {**message, "body": b""}
            await send(message)

        # a copy: the server must still know that it was a HEAD
        inner = {**scope, "method": "GET"} if scope["method"] == "HEAD" else scope
        # each request runs in a task, and so in a context, of its own: there is nothing to unbind
        structlog.contextvars.bind_contextvars(correlation_id=correlation_id)
        try:
            if _announced(scope) > most:
                await problem(413, "too_large", too_large)(scope, receive, labelled)
            else:
                await self.app(inner, bounded, labelled)
        finally:
            if scope["path"] not in QUIET:
                took = round((time.perf_counter() - began) * 1000, 1)
                path = SECRET.sub("…", scope["path"])
                log.info("request", method=scope["method"], path=path, status=status or 500, ms=took)


def _announced(scope: Scope) -> int:
    announced = Headers(scope=scope).get("content-length", "0")
    return int(announced) if announced.isdecimal() else 0
