"""The application, running for all tests of this folder, and workers for those that want a decision."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import schemathesis
from fastapi import FastAPI
from schemathesis.specs.openapi.schemas import OpenApiSchema

from services.api.app import create_app
from tests.api.live import Api, serve, work
from tests.house import House


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


@pytest.fixture(scope="session")
def document(application: FastAPI) -> OpenApiSchema:
    """What the application says of itself."""
    return schemathesis.openapi.from_dict(application.openapi())


@pytest.fixture
def api(application: FastAPI, address: str, document: OpenApiSchema, house: House) -> Iterator[Api]:
    """The API of a fresh house; nobody decides, unless the test asks for `workers`."""
    house.now = datetime.now(UTC)
    application.state.decisions._recent.clear()  # ids begin again with each house
    api = Api(address, house, document)
    yield api
    api.client.close()


@pytest.fixture
def workers(api: Api) -> Iterator[None]:
    """Somebody decides, announces and sends."""
    assert api
    workers = work()
    yield
    workers.end()
