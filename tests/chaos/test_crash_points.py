"""Processes killed at the worst moments, by name: what is kept, and what happens next."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import psutil
import pytest
from sqlalchemy import text

from deploy.parts import parts
from deploy.processes import wait_until
from deploy.valkey import free_port
from shared.domain.slots import Slot
from tests.chaos.runner import CHECKOUT, Process
from tests.house import House
from tests.mail.server import Behaviour, MailServer, script

KILLED = -signal.SIGKILL


@pytest.fixture
def post() -> Iterator[MailServer]:
    with MailServer() as server:
        yield server


@pytest.fixture
def today(house: House) -> House:
    """The house on the real clock: the processes have no other."""
    house.now = datetime.now(UTC)
    return house


def test_killed_before_committing_the_mail_goes_out_once(today: House, post: MailServer) -> None:
    invite(today)

    assert work(post, "send", "before-committing") == KILLED
    assert ledger(today) == ("sending", 0)

    the_lease_ends(today)
    assert work(post, "send") == 0
    assert ledger(today) == ("sent", 0)
    assert len(post.messages) == 1


def test_killed_between_committing_and_the_dot_the_mail_still_arrives(today: House, post: MailServer) -> None:
    invite(today)

    assert work(post, "send", "before-the-dot") == KILLED
    assert ledger(today) == ("committing", 0)
    assert post.messages == []

    assert work(post, "send") == 0
    assert post.messages == [], "somebody may still hold it: only the end of the lease says that nobody does"

    the_lease_ends(today)
    assert work(post, "send") == 0
    assert ledger(today) == ("sent", 1)
    assert len(post.messages) == 1


def test_killed_between_the_dot_and_sent_the_same_bytes_go_out_once_more(today: House, post: MailServer) -> None:
    invite(today)

    assert work(post, "send", "after-the-dot") == KILLED
    assert ledger(today) == ("committing", 0)
    assert len(post.messages) == 1

    the_lease_ends(today)
    assert work(post, "send") == 0
    assert ledger(today) == ("sent", 1)
    first, second = post.messages
    assert first == second


def test_a_worker_that_slept_through_its_lease_sends_nothing(today: House, post: MailServer) -> None:
    invite(today)
    with subprocess.Popen(command("send", "frozen-before-committing"), cwd=CHECKOUT, env=environment(post)) as sleeper:
        try:
            frozen = psutil.Process(sleeper.pid)
            assert wait_until(lambda: frozen.status() == psutil.STATUS_STOPPED, seconds=30)
            assert ledger(today) == ("sending", 0)
            the_lease_ends(today)
            assert work(post, "send") == 0
            assert ledger(today) == ("sent", 0)
        finally:
            sleeper.send_signal(signal.SIGCONT)
        assert sleeper.wait(30) == 0
    assert ledger(today) == ("sent", 0)
    assert len(post.messages) == 1


def test_a_mail_worker_killed_while_the_mail_server_keeps_silent(today: House, tmp_path: Path) -> None:
    invite(today)
    with MailServer(script(Behaviour.HANG, then=Behaviour.OK), hang_seconds=20) as silent:
        with running(tmp_path, "schedule", "mail", smtp_url=silent.url) as [_, mail]:
            assert wait_until(lambda: len(silent.messages) == 1, seconds=40), mail.log.read_text()
            assert ledger(today) == ("committing", 0)
            mail.kill()
            the_lease_ends(today)
            mail.start()
            assert wait_until(lambda: ledger(today) == ("sent", 1), seconds=40), mail.log.read_text()
        first, second = silent.messages
    assert first == second


def test_killed_between_the_wake_up_and_its_note_the_relay_hands_the_event_on_again(today: House) -> None:
    today.ask("flexi-16", at=soon())

    assert work(None, "relay", "after-the-wake-up") == KILLED
    assert len(unrelayed(today)) == 1

    assert work(None, "relay") == 0
    assert unrelayed(today) == []


def test_a_decider_killed_inside_its_transaction_leaves_the_request_as_it_was(today: House, tmp_path: Path) -> None:
    asked = today.ask("flexi-16", "flexi-19", at=soon())
    with running(tmp_path, "schedule", "decide") as [_, decide]:
        with today.book() as db:
            # the decider locks the rooms, then waits for this row: inside its transaction
            db.execute(text("SELECT FROM reservation WHERE id = :id FOR UPDATE"), {"id": asked})
            assert wait_until(lambda: is_held_up(today), seconds=40), decide.log.read_text()
            decide.kill()
        assert today.state(asked) == "requested"
        assert today.rows("SELECT FROM occupancy") == []
        decide.start()
        assert wait_until(lambda: today.state(asked) == "confirmed", seconds=40), decide.log.read_text()
    assert len(today.rows("SELECT FROM event WHERE type = 'ReservationConfirmed'")) == 1
    assert len(today.rows("SELECT FROM occupancy")) == 2


def test_an_api_killed_after_its_commit_gives_the_same_reservation_to_the_same_key(
    today: House, tmp_path: Path
) -> None:
    port = free_port()
    wish = {"title": "Atelier", "resources": ["flexi-16"], "start": f"{soon().start}", "end": f"{soon().end}"}
    headers = {"Authorization": f"Bearer {today.tokens['anne']}", "Idempotency-Key": "once"}
    with (
        running(tmp_path, "api", port=port) as [api],
        ThreadPoolExecutor() as threads,
        httpx.Client(base_url=f"http://127.0.0.1:{port}", headers=headers, timeout=60) as client,
    ):
        assert wait_until(lambda: answers(port), seconds=40), api.log.read_text()
        # nobody decides here, so the answer is held back until long after the commit
        lost = threads.submit(client.post, "/api/reservations", json=wish, headers={"Prefer": "wait=30"})
        assert wait_until(lambda: len(today.rows("SELECT FROM reservation")) == 1, seconds=20), api.log.read_text()
        api.kill()
        with pytest.raises(httpx.TransportError):
            lost.result(30)
        api.start()
        assert wait_until(lambda: answers(port), seconds=40), api.log.read_text()
        again = client.post("/api/reservations", json=wish)
    assert again.status_code == 202
    assert [row.id for row in today.rows("SELECT id FROM reservation")] == [again.json()["id"]]


@contextmanager
def running(folder: Path, *names: str, port: int = 0, smtp_url: str = "smtp://127.0.0.1:9") -> Iterator[list[Process]]:
    """One process of each of these parts, killed in the end."""
    commands = {part.name: part.command for part in parts(host="127.0.0.1", port=port)}
    given = {**os.environ, "SMTP_URL": smtp_url, "LOG_FORMAT": "console", "PYTHONUNBUFFERED": "1"}
    processes = [Process(name, commands[name], given, folder / f"{name}.log") for name in names]
    try:
        for process in processes:
            process.start()
        yield processes
    finally:
        for process in processes:
            process.kill()


def work(post: MailServer | None, *what: str) -> int:
    """Do that work in a process of its own; how it ended."""
    return subprocess.run(command(*what), cwd=CHECKOUT, env=environment(post), check=False, timeout=60).returncode


def command(*what: str) -> list[str]:
    return [sys.executable, "-m", "tests.chaos.dying", *what]


def environment(post: MailServer | None) -> dict[str, str]:
    return {**os.environ, "SMTP_URL": post.url if post else ""}


def invite(house: House) -> None:
    """One mail to send: to Anne, of her own reservation."""
    house.confirmed("flexi-16", at=soon())
    house.announce()


def soon() -> Slot:
    start = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) + timedelta(days=30)
    return Slot(start, start + timedelta(hours=2))


def the_lease_ends(house: House) -> None:
    """The clock of the ledger goes past the end of every lease."""
    with house.book() as db:
        db.execute(text("UPDATE delivery SET lease_until = now() - interval '1 second' WHERE lease IS NOT NULL"))


def ledger(house: House) -> tuple[str, int]:
    """State of the one delivery, and how often it was ambiguous."""
    [row] = house.rows("SELECT state, ambiguous_count FROM delivery")
    return row.state, row.ambiguous_count


def unrelayed(house: House) -> list[int]:
    return [row.id for row in house.rows("SELECT id FROM event WHERE relayed_at IS NULL")]


def is_held_up(house: House) -> bool:
    """Some statement about reservations waits for a lock."""
    query = "SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%FROM reservation%'"
    return len(house.rows(query)) > 0


def answers(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/healthz", timeout=2).is_success
    except httpx.TransportError:
        return False
