"""Time that passes too fast: what is due in days is due in seconds, one timer after the other."""

import threading

from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

PACE = 0.2
# seldom of somebody in line, who is to have a chance that others give way
BRING_FORWARD = text("""
UPDATE timer SET due_at = now() + random() * interval '4 seconds' WHERE id = (
    SELECT timer.id FROM timer JOIN reservation AS r ON r.id = reservation_id
    WHERE due_at > now() + interval '1 minute' AND (r.state = 'tentative' OR random() < 0.02)
    ORDER BY random() LIMIT 1)
""")


class Hurry(threading.Thread):
    """Brings timers forward until told to stop; a database that is away is tried again."""

    def __init__(self, database: Engine, stop: threading.Event) -> None:
        super().__init__(name="hurry", daemon=True)
        self._database = database
        self._stop_hurrying = stop

    def run(self) -> None:
        while not self._stop_hurrying.wait(PACE):
            try:
                with self._database.begin() as connection:
                    connection.execute(BRING_FORWARD)
            except DBAPIError:
                self._database.dispose()
