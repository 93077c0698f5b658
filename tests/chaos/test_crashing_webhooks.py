"""Whoever tells others is killed at the worst moments: nothing is lost, and what comes twice has the same id."""

import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from deploy.processes import wait_until
from shared.settings import settings
from shared.webhooks.ledger import LEASE
from tests.chaos.test_crash_points import CHECKOUT, KILLED, command, running, soon, unrelayed, work
from tests.house import House
from tests.webhooks.listening import Listening
from tests.webhooks.receiver import Receiver


@pytest.fixture
def listening(house: House, monkeypatch: pytest.MonkeyPatch) -> Iterator[Listening]:
    """A webhook of the house; the processes may call this machine."""
    monkeypatch.setenv("WEBHOOKS_ALLOW_LOCAL", "true")
    settings.cache_clear()
    with Receiver() as receiver:
        yield Listening(house, receiver)
    monkeypatch.undo()
    settings.cache_clear()


def the_lease_ends(listening: Listening) -> None:
    listening.passes(seconds=LEASE.total_seconds() + 1)


def test_killed_between_the_fan_out_and_its_commit_each_event_is_told_once(listening: Listening) -> None:
    listening.house.ask("flexi-16", at=soon())

    assert work(None, "relay", "after-the-fan-out") == KILLED
    assert (len(unrelayed(listening.house)), listening.messages()) == (1, [])

    assert work(None, "relay") == 0
    assert work(None, "webhooks") == 0
    assert listening.types() == ["reservation.requested"]


def test_killed_before_the_call_it_arrives_once(listening: Listening) -> None:
    listening.test()

    assert work(None, "webhooks", "before-the-call") == KILLED
    assert (listening.states(), listening.receiver.received) == ([("sending", 1)], [])

    the_lease_ends(listening)
    assert work(None, "webhooks") == 0
    assert listening.types() == ["webhook.test"]
    assert listening.states() == [("sent", 2)]


def test_killed_between_the_answer_and_its_note_the_same_id_comes_once_more(listening: Listening) -> None:
    listening.test()

    assert work(None, "webhooks", "after-the-answer") == KILLED
    assert work(None, "webhooks") == 0
    assert len(listening.receiver.received) == 1, "somebody may still hold it"

    the_lease_ends(listening)
    assert work(None, "webhooks") == 0
    first, again = listening.receiver.received
    assert (first.id, first.body) == (again.id, again.body)


def test_killed_after_the_note_it_does_not_come_again(listening: Listening) -> None:
    listening.test()

    assert work(None, "webhooks", "after-the-note") == KILLED
    the_lease_ends(listening)
    assert work(None, "webhooks") == 0
    assert len(listening.receiver.received) == 1


def test_who_slept_through_their_lease_says_nothing_any_more(listening: Listening) -> None:
    listening.test()
    listening.receiver.answers.append(410)
    with subprocess.Popen(command("webhooks", "frozen-after-the-answer"), cwd=CHECKOUT, env={**os.environ}) as sleeper:
        try:
            frozen = psutil.Process(sleeper.pid)
            assert wait_until(lambda: frozen.status() == psutil.STATUS_STOPPED, seconds=30)
            the_lease_ends(listening)
            assert work(None, "webhooks") == 0
            assert listening.states() == [("sent", 2)]
        finally:
            sleeper.send_signal(signal.SIGCONT)
        assert sleeper.wait(30) == 0
    assert listening.states() == [("sent", 2)]
    assert listening.webhook().disabled_at is None


def test_the_real_parts_tell_what_happens_also_when_one_is_killed(listening: Listening, tmp_path: Path) -> None:
    """Relay and publisher as they run everywhere; the publisher dies while an answer is awaited."""
    listening.receiver.answers.append("hang")
    with running(tmp_path, "schedule", "relay", "publish") as [_, __, publish]:
        listening.house.ask("flexi-16", at=soon())
        assert wait_until(lambda: len(listening.receiver.received) == 1, seconds=60), publish.log.read_text()
        publish.kill()
        listening.receiver.let_go.set()
        the_lease_ends(listening)
        publish.start()
        assert wait_until(lambda: listening.states() == [("sent", 2)], seconds=60), publish.log.read_text()
    first, again = listening.receiver.received
    assert (first.id, first.body) == (again.id, again.body)
