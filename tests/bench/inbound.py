"""Mail that comes in: answers handled a second, and how long an answer and an invited room take, from LMTP on."""

import smtplib
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import quantiles
from typing import Any

from sqlalchemy import Row, text

from deploy.processes import wait_until
from deploy.valkey import free_port, is_free
from shared import booking
from shared.domain.slots import Slot
from shared.inbox.receiving import Envelope, receive
from shared.invitations.announce import announce_some
from shared.store.attendees import Invitee
from shared.store.base import engine, reading, transaction
from shared.store.outbox import Actor
from tests.bench.system import running
from tests.imip_in import reply, request
from tests.mail.server import MailServer
from workers.conflicts import decide_some

MEETINGS, GUESTS = 20, 50
DOMAIN = "creneau.localhost"
RESERVATIONS = f"reservations@{DOMAIN}"
HANDLED = text("""
SELECT count(*) AS count, count(*) FILTER (WHERE outcome = 'answered') AS answered,
       extract(epoch FROM max(handled_at) - min(handled_at)) AS seconds FROM inbound_mail WHERE state = 'handled'
""")
ACCEPTED = text("SELECT address FROM attendee WHERE partstat = 'ACCEPTED' AND address LIKE 'guest-%'")
TRUSTING = {"MAIL_TRUST": "local"}


def measure(folder: Path) -> dict[str, dict[str, float]]:
    """All of it."""
    return {
        "answers that came in": answers_per_second(folder),
        "from LMTP to PARTSTAT, 20/s": answer_latency(folder),
        "from LMTP to the room's REPLY, 4/s": room_latency(folder),
    }


def answers_per_second(folder: Path) -> dict[str, float]:
    """A thousand answers that lie in the inbox, each of somebody else."""
    answers = _invite()
    with transaction() as db:
        for guest, raw in answers:
            receive(db, _envelope(guest), raw, now=datetime.now(UTC))
    with running(folder, "inbox", "schedule", "relay", **TRUSTING):
        row = _handled(len(answers))
    if row.answered != len(answers):
        raise RuntimeError(f"only {row.answered} of {len(answers)} were answers")
    return {"answers": row.count, "per_second": round(row.count / float(row.seconds), 1)}


def answer_latency(folder: Path, *, rate: int = 20, seconds: int = 15) -> dict[str, float]:
    """From the 250 of LMTP to the PARTSTAT that anybody may read, so many answers a second."""
    first, *answers = _invite()[: rate * seconds + 1]  # workers that have just started are slow at first
    accepted: dict[str, float] = {}
    sent: dict[str, float] = {}
    done = threading.Event()
    watcher = threading.Thread(target=_watch, args=(accepted, done))
    with _listening(folder, "mailbox", "inbox", "schedule", "relay") as port:
        watcher.start()
        with smtplib.LMTP("127.0.0.1", port) as session:
            session.sendmail(first[0], [RESERVATIONS], first[1])
            if not wait_until(lambda: first[0] in accepted, seconds=60):
                raise TimeoutError("nobody handles mails")
            began = time.perf_counter()
            for number, (guest, raw) in enumerate(answers):
                _pause_until(began + number / rate)
                session.sendmail(guest, [RESERVATIONS], raw)
                sent[guest] = time.perf_counter()
        wait_until(lambda: len(accepted) > len(sent), seconds=60)
        done.set()
        watcher.join()
    if missing := sent.keys() - accepted.keys():
        raise RuntimeError(f"{len(missing)} of {len(sent)} answers were not seen within a minute")
    return _summary([accepted[guest] - sent[guest] for guest in sent])


def room_latency(folder: Path, *, rate: int = 4, seconds: int = 15) -> dict[str, float]:
    """From the 250 of LMTP to the room's REPLY at the mail server of whoever asked: decided, announced and sent."""
    with transaction() as db:
        db.execute(text("TRUNCATE reservation, inbound_mail, external_entry CASCADE"))
        organizer = str(db.scalars(text("SELECT address FROM person ORDER BY id LIMIT 1")).one())
    sent: list[float] = []
    with (
        MailServer() as server,
        _listening(folder, "mailbox", "inbox", "schedule", "relay", "decide", "mail", SMTP_URL=server.url) as port,
    ):
        arrived: list[float] = []
        done = threading.Event()
        watcher = threading.Thread(target=_count, args=(server, arrived, done))
        watcher.start()
        with smtplib.LMTP("127.0.0.1", port) as session:
            _ask_for_room(session, organizer, rate * seconds)  # workers that have just started are slow at first
            if not wait_until(lambda: len(arrived) == 1, seconds=60):
                raise TimeoutError("no room answers")
            began = time.perf_counter()
            for number in range(rate * seconds):
                _pause_until(began + number / rate)
                _ask_for_room(session, organizer, number)
                sent.append(time.perf_counter())
        wait_until(lambda: len(arrived) == len(sent) + 1, seconds=60)
        done.set()
        watcher.join()
    del arrived[0]
    if len(arrived) != len(sent):
        raise RuntimeError(f"{len(arrived)} replies to {len(sent)} requests")
    return _summary([later - earlier for earlier, later in zip(sent, arrived, strict=True)])


def _ask_for_room(session: smtplib.LMTP, organizer: str, day: int) -> None:
    start = datetime(2030, 1, 1, 9, tzinfo=UTC) + timedelta(days=day)
    room = f"room-flexi-36@rooms.{DOMAIN}"
    raw = request(f"u{day}@example.org", organizer, room, start, start + timedelta(hours=1))
    session.sendmail(organizer, [room], raw)


def _invite() -> list[tuple[str, bytes]]:
    """Everybody's Accept of one of twenty meetings with fifty guests each."""
    now = datetime.now(UTC)
    with transaction() as db:
        db.execute(text("TRUNCATE reservation, inbound_mail, external_entry CASCADE"))
        wishes = [
            booking.Wish(
                by=Actor(1, 1, is_coordinator=True),
                title=f"Atelier {n}",
                slot=Slot(now + timedelta(days=30 + n), now + timedelta(days=30 + n, hours=3)),
                resources=("flexi-36",),
                invitees=tuple(Invitee(f"guest-{n}-{g}@college.example", f"Élève {g}") for g in range(GUESTS)),
            )
            for n in range(MEETINGS)
        ]
        booking.request(db, wishes, now=now)
    while decide_some():
        pass
    with transaction() as db:
        announce_some(db, now=now, most=MEETINGS)
        query = text("""SELECT i.uid, i.sequence, a.address FROM invitation AS i
                        JOIN attendee AS a USING (reservation_id) WHERE address LIKE 'guest-%' ORDER BY a.id""")
        invited = db.execute(query).all()
    engine().dispose()
    return [
        (row.address, reply(row.uid, row.address, "ACCEPTED", sequence=row.sequence, dtstamp=now, to=RESERVATIONS))
        for row in invited
    ]


@contextmanager
def _listening(folder: Path, *names: str, **environment: str) -> Iterator[int]:
    """Those parts, and the port at which one of them takes mail."""
    port = free_port()
    given = TRUSTING | environment | {"MAILBOX_LISTEN": f"lmtp://127.0.0.1:{port}"}
    with running(folder, *names, **given):
        if not wait_until(lambda: not is_free(port), seconds=30):
            raise TimeoutError("nobody listens for mail")
        yield port


def _envelope(guest: str) -> Envelope:
    return Envelope("lmtp", guest, (RESERVATIONS,), "127.0.0.1", is_local=True)


def _handled(count: int) -> Row[Any]:
    deadline = time.monotonic() + 300
    while time.monotonic() < deadline:
        with reading() as db:
            row = db.execute(HANDLED).one()
        if row.count == count:
            return row
        time.sleep(0.05)  # polling the inbox
    raise TimeoutError("the mails were not handled in five minutes")


def _watch(accepted: dict[str, float], done: threading.Event) -> None:
    while not done.is_set():
        with reading() as db:
            found = db.scalars(ACCEPTED).all()
        now = time.perf_counter()
        for guest in found:
            accepted.setdefault(guest, now)
        time.sleep(0.005)  # polling the book


def _count(server: MailServer, arrived: list[float], done: threading.Event) -> None:
    while not done.is_set():
        replies = sum(b"REPLY" in kept.content for kept in server.messages)
        arrived += [time.perf_counter()] * (replies - len(arrived))
        time.sleep(0.002)  # polling the mail server


def _pause_until(moment: float) -> None:
    if (left := moment - time.perf_counter()) > 0:
        time.sleep(left)  # the pace of the measurement


def _summary(seconds: list[float]) -> dict[str, float]:
    cuts = quantiles(seconds, n=100)
    return {
        "count": len(seconds),
        **{f"p{cut}_ms": round(cuts[cut - 1] * 1000, 1) for cut in (50, 95, 99)},
        "max_ms": round(max(seconds) * 1000, 1),
    }
