"""The application over a real socket, spoken to as calendar programs speak."""

from collections.abc import Iterator

import httpx
import pytest
from fastapi import FastAPI

from services.api.app import create_app
from tests.api.live import serve
from tests.calendars.dav.speaking import Dav
from tests.house import House
from tests.second_opinion import ical_js_expands  # noqa: F401  a fixture: pytest finds it by its name


@pytest.fixture(scope="session")
def application(database_url: str) -> FastAPI:
    assert database_url
    return create_app()


@pytest.fixture(scope="session")
def address(application: FastAPI) -> Iterator[str]:
    """Where the application listens."""
    address, server = serve(application)
    yield address
    server.end()


@pytest.fixture
def dav(house: House, address: str) -> Iterator[Dav]:
    """CalDAV of a fresh house."""
    with httpx.Client(base_url=address, timeout=60, trust_env=False) as client:
        yield Dav(house, client)
