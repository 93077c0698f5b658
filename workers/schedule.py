"""The schedule: Celery beat in memory, a tick each second; run it twice, double ticks do no harm."""

from typing import Any

from celery.apps.beat import Beat
from celery.beat import ScheduleEntry, Scheduler

from shared import log
from workers.app import app
from workers.waking import wake


class Ticks(Scheduler):  # type: ignore[misc]  # Celery ships no types
    """Wakes tasks as the relay does, so that ticks do not pile up in front of a worker that is away."""

    def apply_async(self, entry: ScheduleEntry, **_: Any) -> None:
        wake(entry.task)


def main() -> None:
    log.configure("schedule")
    # no schedule file: ticks have nothing to remember, and two schedules must not share one
    Beat(app=app, scheduler_cls=Ticks, max_interval=1, quiet=True, redirect_stdouts=False).run()


if __name__ == "__main__":
    main()
