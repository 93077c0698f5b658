"""The application: its routes, its error table, and what runs beside the requests."""

import asyncio
import gc
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

import structlog
from fastapi import FastAPI

from services.api import (
    activities,
    aliases,
    attendees,
    audit,
    deliveries,
    exports,
    feeds,
    holds,
    house,
    imports,
    mailbox,
    newcomers,
    preview,
    proposals,
    reservations,
    rooms,
    search,
    series,
    sessions,
    watch,
    webhooks,
)
from services.api.access import Anyone
from services.api.batching import Batcher
from services.api.correlation import Correlation
from services.api.live import Bell, Decisions
from services.api.problems import answer_errors, schemas
from services.calendars import embed
from services.calendars import feeds as calendars
from services.calendars.dav import router as dav
from shared import log
from shared.access import Tokens
from shared.house import warm_up
from shared.store.base import engine

logger = structlog.get_logger()

DESCRIPTION = """
Books the rooms of an Atelier. A request is answered with 202 and decided a moment later, first come, first served;
`Prefer: wait=10` holds the answer until it is decided. Every error is a problem (RFC 9457) with a stable `code`.
"""


# The loop and the database threads share one interpreter: with the default of 5 ms, a thread that comes back from
# PostgreSQL waits that long for its turn while the loop is busy, at each of its round trips.
SWITCH_SECONDS = 0.0005


def create_app() -> FastAPI:
    sys.setswitchinterval(SWITCH_SECONDS)
    log.configure("api")
    app = FastAPI(
        title="Créneau",
        version="0.1.0",
        description=DESCRIPTION,
        lifespan=_beside_the_requests,
        openapi_url=None,  # it has its own route below, for callers with a token
        generate_unique_id_function=lambda route: f"{route.tags[0]}_{route.name}",
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
    )
    # previews first: `preview` is no id
    for module in (
        preview,
        reservations,
        holds,
        series,
        rooms,
        attendees,
        proposals,
        newcomers,
        aliases,
        activities,
        sessions,
        deliveries,
        mailbox,
        house,
        search,
        imports,
        exports,
        feeds,
        audit,
        webhooks,
    ):
        app.include_router(module.router, prefix="/api")
    app.include_router(calendars.router)
    app.include_router(embed.router)
    app.include_router(watch.router)
    app.include_router(dav.router)
    answer_errors(app)
    app.add_middleware(Correlation)
    _document_problems(app)

    @app.get("/api/openapi.json", include_in_schema=False, tags=["document"])
    def document(_: Anyone) -> dict[str, Any]:
        return app.openapi()

    return app


@asynccontextmanager
async def _beside_the_requests(app: FastAPI) -> AsyncIterator[None]:
    app.state.tokens = Tokens()
    app.state.bell = Bell()
    app.state.intake = Batcher(reservations.take_in, then=app.state.bell.for_requests)
    app.state.reader = Batcher(reservations.read)
    app.state.decisions = Decisions()
    tasks = [
        asyncio.create_task(_for_ever(work))
        for work in (app.state.bell.run, app.state.decisions.listen, app.state.decisions.look)
    ]
    await asyncio.to_thread(warm_up)
    # what is there now stays: the collector need not look at it again, which took it a tenth of a second each time
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()
    for task in tasks:
        task.cancel()
    for task in tasks:
        with suppress(asyncio.CancelledError):
            await task
    engine().dispose()


async def _for_ever(work: Callable[[], Awaitable[None]]) -> None:
    """Begin again when it fails: without it the API would go on, and every decision be seen a second late."""
    while True:
        try:
            await work()
        except Exception:  # the edge of a process within the process: logged, and begun again
            logger.exception("background work failed")
            await asyncio.sleep(1)


def _document_problems(app: FastAPI) -> None:
    """Put the schemas of problems among the components, where the routes refer to it."""
    generate = app.openapi

    def openapi() -> dict[str, object]:
        schema: dict[str, dict[str, dict[str, object]]] = generate()
        schema["components"]["schemas"] |= schemas()
        return dict(schema)

    app.openapi = openapi  # type: ignore[method-assign]  # FastAPI's documented way to extend it
