"""From the request to the mail through the real processes: API, relay, both workers and the schedule."""

import mailbox
import os
import signal
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest

from deploy.engines import Engines
from deploy.parts import parts
from deploy.processes import wait_until
from deploy.valkey import free_port
from shared.seed import first_start
from shared.store.migrate import upgrade
from tests.api.live import when, wish

ASK = "/api/reservations"


@pytest.fixture(scope="module")
def mails(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("mails") / "mail"


@pytest.fixture(scope="module")
def system(
    engines: Engines, redis_url: str, mails: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[httpx.Client]:
    """A client of every part as `make run` starts them, on a database of their own."""
    port, logs = free_port(), tmp_path_factory.mktemp("logs")
    engines.postgres.create("processes")
    url = engines.postgres.url("processes")
    upgrade(url)
    token = first_start(url)
    # another Redis database: the queues of the other tests, which nobody drains, are not theirs
    broker = redis_url.removesuffix("/0") + "/1"
    environment = {**os.environ, "DATABASE_URL": url, "REDIS_URL": broker, "MAIL_DIR": str(mails)}
    environment.pop("SMTP_URL", None)
    running = []
    for part in parts(host="127.0.0.1", port=port):
        with (logs / part.name).open("wb") as log:
            running += [
                subprocess.Popen(part.command, env=environment, stdout=log, stderr=log) for _ in range(part.copies)
            ]
    client = httpx.Client(
        base_url=f"http://127.0.0.1:{port}", headers={"Authorization": f"Bearer {token}"}, timeout=40, trust_env=False
    )
    try:
        assert wait_until(lambda: _is_ready(client), seconds=40), (logs / "api").read_text()
        yield client
    finally:
        client.close()
        for process in running:
            process.terminate()
        ends = {process.wait(timeout=30) for process in running}
    assert ends == {0, -signal.SIGTERM}  # uvicorn ends in good order, and then by the signal that it got


def _is_ready(client: httpx.Client) -> bool:
    try:
        return client.get("/readyz").status_code == 200
    except httpx.TransportError:
        return False


def ask(client: httpx.Client, **changes: Any) -> httpx.Response:
    return client.post(ASK, json=wish(**changes), headers={"Prefer": "wait=30"})


def test_a_request_is_decided_and_its_people_get_mail(system: httpx.Client, mails: Path) -> None:
    answer = ask(system, attendees=[{"address": "eleve@college.example"}])
    assert (answer.status_code, answer.json()["state"]) == (201, "confirmed")
    refused = ask(system)
    assert (refused.status_code, refused.json()["code"]) == (409, "room_taken")

    def arrived() -> bool:
        return all((mails / folder).exists() for folder in ("cur", "new", "tmp")) and any(
            mail["To"] == "eleve@college.example" for mail in mailbox.Maildir(mails, create=False)
        )

    assert wait_until(arrived, seconds=30)
    ledger = {"recipient": "eleve@college.example"}
    # the mail is there a moment before the ledger says so
    assert wait_until(
        lambda: [m["state"] for m in system.get("/api/deliveries", params=ledger).json()["items"]] == ["sent"],
        seconds=10,
    )


def test_of_thirty_who_ask_at_once_one_gets_the_room(system: httpx.Client) -> None:
    """And it is the first that was accepted: the smallest number."""
    with ThreadPoolExecutor(30) as crowd:
        answers = list(crowd.map(lambda _: ask(system, resources=["flexi-36"], **when(day=2)), range(30)))
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 29
    won = [answer.json()["id"] for answer in answers if answer.status_code == 201]
    lost = [answer.json()["reservation"]["id"] for answer in answers if answer.status_code == 409]
    assert won[0] < min(lost)


def test_a_day_of_workshops_is_decided_session_by_session(system: httpx.Client) -> None:
    rooms = ("flexi-16", "flexi-19", "flexi-36")
    sessions = [{"resources": [room], **when(day=3)} for room in (*rooms, "flexi-19")]
    answer = system.post(
        "/api/activities",
        json={"kind": "highlight", "title": "Promeneurs du Net", "sessions": sessions},
        headers={"Prefer": "wait=30"},
    )
    assert answer.status_code == 201
    states = [session["reservation"]["state"] for session in answer.json()["sessions"]]
    assert states == ["confirmed"] * 3 + ["refused"]
