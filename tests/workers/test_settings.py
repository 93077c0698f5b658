"""The settings of Celery that held when workers, Valkey and connections were killed."""

from typing import Any

import pytest

from tests.workers.conftest import Bell
from workers.app import app

HELD: dict[str, Any] = {
    "result_backend": None,
    "task_ignore_result": True,
    "task_acks_late": True,
    "task_reject_on_worker_lost": True,
    "worker_prefetch_multiplier": 1,
    "broker_connection_retry_on_startup": True,
    "broker_connection_max_retries": None,
    "broker_connection_timeout": 1,
    "task_publish_retry_policy": {"max_retries": 1, "interval_start": 0, "interval_step": 0.1, "interval_max": 0.2},
    "worker_cancel_long_running_tasks_on_connection_loss": False,
    "broker_transport_options": {
        "visibility_timeout": 60,
        "unacked_restore_interval": 2,
        "unacked_restore_throttle": 1,
        "unacked_mutex_expire": 30,
        "socket_timeout": 5,
        "socket_connect_timeout": 1,
        "socket_keepalive": True,
        "health_check_interval": 5,
        "max_connections": 50,
    },
}


@pytest.mark.parametrize(("name", "value"), HELD.items(), ids=HELD)
def test_a_setting_is_the_one_that_held(bell: Bell, name: str, value: Any) -> None:
    assert bell
    assert getattr(app.conf, name) == value


def test_the_broker_is_the_one_that_is_configured(bell: Bell) -> None:
    assert app.connection_for_write().as_uri(include_password=True) == bell.url


def test_mail_has_a_queue_of_its_own(bell: Bell) -> None:
    assert bell
    app.loader.import_default_modules()
    ours = [name for name in app.tasks if not name.startswith("celery.")]
    queues = {name: app.amqp.router.route({}, name)["queue"].name for name in ours}
    assert queues == {
        "conflicts.decide": "decide",
        "invitations.announce": "mail",
        "mailbox.handle": "inbox",
        "invitations.send": "mail",
        "reminders.remind": "mail",
        "answers.report": "mail",
        "timers.run": "decide",
        "webhooks.send": "publish",
        "calendars.publish": "publish",
        "housekeeping.tidy": "mail",
    }
