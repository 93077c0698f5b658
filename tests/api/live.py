"""The running application as a test calls it: by name of the caller, over a real socket."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import redis
import uvicorn
from fastapi import FastAPI
from schemathesis.specs.openapi.schemas import OpenApiSchema
from sqlalchemy.exc import DBAPIError

from deploy.processes import wait_until
from shared import broker
from shared.domain.slots import Slot
from shared.store.base import engine
from tests.house import House
from workers.conflicts import decide_some
from workers.invitations import announce_batch, send_batch

# The API looks at the real clock, so that what a trainer asks for has to lie ahead of today.
TODAY = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
MONDAY = TODAY + timedelta(days=70 - TODAY.weekday())


def at(start: float = 9, end: float = 12, *, day: int = 0) -> Slot:
    """From hour to hour (UTC) on a day after a Monday ten weeks from now."""
    midnight = MONDAY + timedelta(days=day)
    return Slot(midnight + timedelta(hours=start), midnight + timedelta(hours=end))


def when(start: float = 9, end: float = 12, *, day: int = 0) -> dict[str, str]:
    """The same, as a request says it."""
    slot = at(start, end, day=day)
    return {"start": slot.start.isoformat(), "end": slot.end.isoformat()}


def wish(**changes: Any) -> dict[str, Any]:
    """A request for Flexi 16 that nothing is wrong with."""
    return {"title": "Atelier maquillage", "resources": ["flexi-16"], **when(), **changes}


@dataclass
class Api:
    """Calls the API as one of the people of the house; every answer that any test gets must be as documented."""

    address: str
    house: House
    document: OpenApiSchema
    client: httpx.Client = field(init=False)

    def __post_init__(self) -> None:
        self.client = httpx.Client(base_url=self.address, timeout=20, trust_env=False)

    def call(self, method: str, path: str, who: str | None = "anne", **more: Any) -> httpx.Response:
        """One request; `headers` and httpx's other arguments as they are, `json` may be any body."""
        headers = dict(more.pop("headers", {}))
        if who is not None:
            headers.setdefault("Authorization", f"Bearer {self.house.tokens[who]}")
        answer = self.client.request(method, path, headers=headers, **more)
        operation = self.document.find_operation_by_path(method, answer.request.url.path)
        # our own bugs (500, which some tests provoke) are not a documented answer, and must not be
        if operation is not None and answer.status_code != 500 and method != "HEAD":
            assert str(answer.status_code) in operation.responses.status_codes, (operation.label, answer.status_code)
            operation.validate_response(answer)
        return answer

    def get(self, path: str, who: str = "anne", **params: Any) -> httpx.Response:
        return self.call("GET", path, who, params=params or None)

    def post(self, path: str, body: Any = None, who: str = "anne", **headers: str) -> httpx.Response:
        return self.call("POST", path, who, json={} if body is None else body, headers=_named(headers))

    def patch(self, path: str, body: Any, who: str = "anne", **headers: str) -> httpx.Response:
        """A change; If-Match is `*` unless it is given."""
        return self.call("PATCH", path, who, json=body, headers={"if-match": "*"} | _named(headers))

    def book(self, who: str = "anne", **changes: Any) -> Any:
        """A confirmed reservation as its owner sees it."""
        answer = self.post("/api/reservations", wish(**changes), who, prefer="wait=10")
        assert answer.status_code == 201, answer.text
        return answer.json()

    def run(self, who: str = "claire", **changes: Any) -> Any:
        """A registered activity with one session, decided."""
        plan = {"kind": "lab", "title": "Cinéma", "sessions": [{"resources": ["flexi-16"], **when()}], **changes}
        answer = self.post("/api/activities", plan, who, prefer="wait=10")
        assert (answer.status_code, answer.headers["preference-applied"]) == (201, "wait"), answer.text
        return answer.json()


class Thread:
    """A thread that runs until it is told to stop, and whose end is waited for."""

    def __init__(self, run: Callable[[], None], stop: Callable[[], None]) -> None:
        self._thread = threading.Thread(target=run)
        self._stop = stop
        self._thread.start()

    def end(self) -> None:
        self._stop()
        self._thread.join(20)
        assert not self._thread.is_alive()


def serve(app: FastAPI) -> tuple[str, Thread]:
    """The application on a free port of this machine; its address, and how to end it."""
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_config=None, access_log=False, timeout_graceful_shutdown=5))
    thread = Thread(server.run, lambda: setattr(server, "should_exit", True))
    assert wait_until(lambda: server.started, seconds=20)
    port = server.servers[0].sockets[0].getsockname()[1]
    return f"http://127.0.0.1:{port}", thread


def work() -> Thread:
    """What the workers do, in one thread: decide, announce and send whenever the bell rings."""
    stop = threading.Event()

    def run() -> None:
        while not stop.is_set():
            try:
                broker.hear(1)
            except redis.RedisError:  # away because the test wants it so
                stop.wait(1)
            try:
                while decide_some() or announce_batch() or send_batch():
                    pass
            except DBAPIError:  # away because the test wants it so: the next tick goes on
                engine().dispose()

    def end() -> None:
        stop.set()
        broker.ring()

    return Thread(run, end)


def _named(headers: dict[str, str]) -> dict[str, str]:
    """Headers as keyword arguments: idempotency_key is Idempotency-Key."""
    return {name.replace("_", "-"): value for name, value in headers.items()}
