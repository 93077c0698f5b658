"""Mails a second into a local SMTP server: from the ledger's first row to the last `sent`."""

import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import text

from shared import booking
from shared.domain.slots import Slot
from shared.invitations.announce import announce_some
from shared.store.attendees import Invitee
from shared.store.base import reading, transaction
from shared.store.outbox import Actor
from tests.bench.system import running
from workers.conflicts import decide_some

RESERVATIONS = 20
GUESTS = 49
STATES = text("SELECT count(*) FILTER (WHERE state = 'sent') AS sent, count(*) AS all FROM delivery")


def sent_per_second(folder: Path) -> dict[str, float]:
    """Twenty reservations with fifty people each: rendered, sent in two phases, marked."""
    _announce()
    command = [
        sys.executable,
        "-m",
        "tests.mail.server",
        "--folder",
        str(folder / "received"),
        "--port",
        "0",
        "--script",
        "ok",
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        url = f"smtp://127.0.0.1:{int(server.stdout.readline())}"
        began = time.perf_counter()
        try:
            with running(folder, "mail", "schedule", "relay", SMTP_URL=url):
                count = _wait_until_sent()
        finally:
            server.terminate()
    seconds = time.perf_counter() - began
    return {"mails": count, "per_second": round(count / seconds, 1), "seconds": round(seconds, 1)}


def _announce() -> None:
    now = datetime.now(UTC)
    with transaction() as db:
        db.execute(text("TRUNCATE reservation CASCADE"))
        guests = tuple(Invitee(f"guest-{n}@college.example", f"Élève {n}") for n in range(GUESTS))
        wishes = [
            booking.Wish(
                by=Actor(1, 1, is_coordinator=True),
                title=f"Atelier {n}",
                slot=Slot(now + timedelta(days=30 + n), now + timedelta(days=30 + n, hours=3)),
                resources=("flexi-36",),
                invitees=guests,
            )
            for n in range(RESERVATIONS)
        ]
        booking.request(db, wishes, now=now)
    while decide_some():
        pass
    with transaction() as db:
        announce_some(db, now=now, most=RESERVATIONS)


def _wait_until_sent() -> int:
    deadline = time.monotonic() + 300
    while time.monotonic() < deadline:
        with reading() as db:
            states = db.execute(STATES).one()
        if states.sent == states.all:
            return int(states.sent)
        time.sleep(0.05)  # polling the ledger
    raise TimeoutError("the mails were not sent in five minutes")
