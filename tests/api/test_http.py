"""The API as an HTTP citizen: methods, headers, ids of requests, and the problems it answers with."""

import socket

import pytest
from fastapi import FastAPI

from tests.api.live import Api, wish

ASK = "/api/reservations"


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/api/rooms", ASK, "/metrics", "/api/openapi.json"])
def test_head_is_get_without_a_body(api: Api, path: str) -> None:
    get, head = (api.call(method, path, "claire") for method in ("GET", "HEAD"))
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-type"] == get.headers["content-type"]


def test_after_a_head_the_connection_is_still_in_step(api: Api) -> None:
    host, port = api.address.removeprefix("http://").split(":")
    ask = "{} /api/rooms HTTP/1.1\r\nHost: x\r\n{}\r\n\r\n"
    with socket.create_connection((host, int(port)), timeout=10) as wire:
        wire.sendall((ask.format("HEAD", "A: b") + ask.format("GET", "Connection: close")).encode())
        answer = b"".join(iter(lambda: wire.recv(65_536), b""))
    assert answer.count(b"HTTP/1.1 401") == 2
    head, _, rest = answer.partition(b"\r\n\r\n")
    assert b"401" in head
    assert rest.startswith(b"HTTP/1.1 401"), "nothing between the two answers"


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        (ASK, {"GET", "HEAD", "POST"}),
        (f"{ASK}/1", {"GET", "HEAD", "PATCH"}),
        (f"{ASK}/1/cancellation", {"POST"}),
        (f"{ASK}/1/attendees/1", {"DELETE"}),
        ("/healthz", {"GET", "HEAD"}),
    ],
)
def test_a_method_that_is_not_there_is_told_which_are(api: Api, path: str, allowed: set[str]) -> None:
    for method in ("PUT", "OPTIONS", "TRACE"):
        answer = api.call(method, path)
        assert (answer.status_code, answer.json()["code"]) == (405, "method_not_allowed")
        assert set(answer.headers["allow"].split(", ")) == allowed


def test_an_address_that_is_not_there_is_a_problem(api: Api) -> None:
    answer = api.get("/nowhere")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("given", ["", "x" * 65, "a b", "é", "../../x", "a,b"])
def test_an_id_that_could_confuse_a_log_is_replaced(api: Api, given: str) -> None:
    answer = api.call("GET", "/healthz", headers={"X-Request-ID": given.encode("latin-1")})
    assert answer.headers["x-request-id"] not in {given, ""}


def test_every_answer_has_its_id(api: Api) -> None:
    answers = [api.get("/api/rooms"), api.get("/nowhere"), api.call("GET", "/api/rooms", None), api.post(ASK, {})]
    assert len({answer.headers["x-request-id"] for answer in answers}) == 4


def test_an_error_of_ours_says_under_which_number_we_find_it(api: Api) -> None:
    with api.house.book() as db:
        db.connection().exec_driver_sql("ALTER TABLE resource RENAME COLUMN seats TO chairs")
    try:
        answer = api.call("GET", "/api/rooms", headers={"X-Request-ID": "broken-1"})
    finally:
        with api.house.book() as db:
            db.connection().exec_driver_sql("ALTER TABLE resource RENAME COLUMN chairs TO seats")
    assert (answer.status_code, answer.json()["code"]) == (500, "unforeseen")
    assert answer.headers["x-request-id"] == "broken-1"
    assert "broken-1" in answer.json()["detail"]
    assert "chairs" not in answer.text
    assert "seats" not in answer.text


def test_an_error_outside_of_the_database_has_its_number_too(
    api: Api, application: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(application.state, "intake")
    answer = api.call("POST", ASK, json=wish(), headers={"X-Request-ID": "broken-2"})
    assert (answer.status_code, answer.json()["code"]) == (500, "unforeseen")
    assert answer.headers["x-request-id"] == "broken-2"
    assert "broken-2" in answer.json()["detail"]


def test_the_document_describes_who_may_call_and_what_goes_wrong(api: Api) -> None:
    document = api.get("/api/openapi.json").json()
    names = [operation["operationId"] for path in document["paths"].values() for operation in path.values()]
    assert len(set(names)) == len(names)
    assert {"reservations_ask", "activities_register", "rooms_free_busy"} <= set(names)
    assert document["components"]["securitySchemes"]["HTTPBearer"]["scheme"] == "bearer"
    assert {"conflicts", "alternatives"} < set(document["components"]["schemas"]["Refusal"]["properties"])
    for path, operations in document["paths"].items():
        for operation in operations.values():
            public = path in {"/healthz", "/readyz"}
            assert ("security" in operation) is not public
            assert ("401" in operation["responses"]) is not public
            assert operation["description"], path
