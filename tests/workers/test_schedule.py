"""The schedule ticks each second, and two of them do nothing twice; housekeeping forgets what nobody needs."""

from datetime import UTC, datetime, timedelta

import pytest

from shared import broker
from shared.store.idempotency import Key, claim
from shared.store.webhooks import Webhook, WebhookMessage
from shared.webhooks import keeping
from tests.house import House
from tests.workers.conftest import Bell
from workers import housekeeping  # never a task by name: pytest looks into it before anything is configured
from workers.app import app
from workers.schedule import Ticks
from workers.subscriptions import RINGS, SUBSCRIPTIONS

TICKING = [
    "answers.report",
    "calendars.publish",
    "conflicts.decide",
    "invitations.announce",
    "invitations.send",
    "mailbox.handle",
    "reminders.remind",
    "timers.run",
    "webhooks.send",
]


def test_each_task_that_an_event_wakes_has_a_tick_that_stands_in(bell: Bell) -> None:
    assert bell
    each_second = [entry["task"] for entry in app.conf.beat_schedule.values() if entry["schedule"] == 1]
    assert sorted(each_second) == TICKING
    assert {task for tasks in (*SUBSCRIPTIONS.values(), *RINGS.values()) for task in tasks} <= set(TICKING)


def test_two_schedules_tick_at_once_and_wake_each_task_once(bell: Bell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(broker, "ASLEEP_MS", 60_000)  # however slow this machine is just now
    schedules = [Ticks(app=app), Ticks(app=app)]
    for schedule in schedules:
        for entry in schedule.schedule.values():
            schedule.apply_entry(entry)
    assert bell.woken() == sorted([*TICKING, "housekeeping.tidy"])


def test_a_schedule_has_due_ticks_within_a_second_of_its_start(bell: Bell) -> None:
    assert bell
    entries = Ticks(app=app).schedule.values()
    waits = {entry.task: entry.is_due().next for entry in entries}
    assert {task for task, wait in waits.items() if wait <= 1} == set(TICKING)


def test_old_idempotency_keys_are_forgotten_and_young_ones_kept(house: House) -> None:
    now = datetime.now(UTC)
    with house.book() as db:
        for key, age in (
            ("old", housekeeping.KEYS_LIVE + timedelta(minutes=1)),
            ("young", housekeeping.KEYS_LIVE - timedelta(minutes=1)),
        ):
            claim(db, [Key(house.actors["anne"].person_id or 0, key, b"\x00" * 32)], now - age)
    housekeeping.tidy()
    assert house.rows("SELECT key FROM idempotency") == [("young",)]


def test_what_others_were_told_long_ago_is_forgotten_and_who_is_never_called_again(house: House) -> None:
    now = datetime.now(UTC)
    old = now - keeping.KEPT - timedelta(minutes=1)
    with house.book() as db:
        for label, deleted in (("gone", old), ("here", None)):
            made = Webhook(
                site_id=house.site_id,
                url="https://partner.example/",
                secret="",
                types=["reservation.moved"],
                label=label,
                created_by=house.actors["claire"].person_id,
                created_at=old,
                disabled_at=deleted,
                disabled_reason="asked" if deleted else "",
                deleted_at=deleted,
            )
            db.add(made)
            db.flush()
            for written in (old, now) if label == "here" else (old,):
                db.add(WebhookMessage(webhook_id=made.id, type="webhook.test", not_before=written, created_at=written))
    housekeeping.tidy()
    assert house.rows("SELECT label FROM webhook") == [("here",)]
    assert house.rows("SELECT created_at FROM webhook_message") == [(now,)]
