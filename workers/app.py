"""The Celery application: its messages are wake-ups without content, PostgreSQL holds what there is to do.

The settings are those that held when workers, Valkey and connections were killed; see ARCHITECTURE.md.
"""

import gc
from typing import Any

from celery import Celery, signals

from shared import log
from shared.house import warm_up
from shared.settings import settings

TICK = 1.0
HOUR = 3600.0
# a wake-up that nobody heard for a minute is stale: the ticks since then have said the same
STALE = 60

app = Celery(
    "creneau",
    include=[
        "workers.conflicts",
        "workers.timers",
        "workers.invitations",
        "workers.reminders",
        "workers.answers",
        "workers.mailbox",
        "workers.calendars",
        "workers.webhooks",
        "workers.housekeeping",
    ],
)
# read on first use: importing a task must not need a configured machine
app.add_defaults(lambda: {"broker_url": settings().redis_url.get_secret_value()})
app.conf.update(
    result_backend=None,
    task_ignore_result=True,
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    task_default_queue="decide",
    task_default_delivery_mode="transient",
    worker_prefetch_multiplier=1,
    worker_hijack_root_logger=False,
    worker_cancel_long_running_tasks_on_connection_loss=False,
    worker_enable_remote_control=False,
    worker_send_task_events=False,
    broker_connection_retry_on_startup=True,
    broker_connection_max_retries=None,
    broker_connection_timeout=1,
    task_publish_retry_policy={"max_retries": 1, "interval_start": 0, "interval_step": 0.1, "interval_max": 0.2},
    broker_transport_options={
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
    beat_schedule={
        "requests": {"task": "conflicts.decide", "schedule": TICK},
        "announcements": {"task": "invitations.announce", "schedule": TICK},
        "deliveries": {"task": "invitations.send", "schedule": TICK},
        "answers": {"task": "answers.report", "schedule": TICK},
        "reminders": {"task": "reminders.remind", "schedule": TICK},
        "timers": {"task": "timers.run", "schedule": TICK},
        "inbox": {"task": "mailbox.handle", "schedule": TICK},
        "calendars": {"task": "calendars.publish", "schedule": TICK},
        "webhooks": {"task": "webhooks.send", "schedule": TICK},
        "housekeeping": {"task": "housekeeping.tidy", "schedule": HOUR},
    },
    task_routes={
        "conflicts.*": "decide",
        "timers.*": "decide",
        "invitations.*": "mail",
        "reminders.*": "mail",
        "answers.*": "mail",
        "mailbox.*": "inbox",
        "calendars.*": "publish",
        "webhooks.*": "publish",
        "housekeeping.*": "mail",
    },
)


@signals.worker_ready.connect
def _get_ready(**_: Any) -> None:
    """What is there now stays: the collector need not look at it again, and a decision not wait for that."""
    warm_up()
    gc.collect()
    gc.freeze()


@signals.setup_logging.connect
def _configure_log(**_: Any) -> None:
    """Celery leaves logging alone when this signal has a receiver."""
    log.configure("worker")
