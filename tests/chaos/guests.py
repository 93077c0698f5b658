"""Guests who answer what they are sent while everything breaks; their mail server brings each until it is taken."""

import random
import smtplib
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from tests.chaos.book import Received, received
from tests.imip_in import reply
from tests.mail.server import kept_in

PACE = 0.3
AGAIN_AFTER = 0.3
PATIENCE = 90.0
RESERVATIONS = "reservations@creneau.localhost"
ANSWERS = ("ACCEPTED", "ACCEPTED", "TENTATIVE", "DECLINED")


@dataclass(frozen=True, slots=True)
class Answer:
    """One mail on its way to us."""

    sender: str
    message_id: str
    raw: bytes


class Guests(threading.Thread):
    """Reads what arrives in the mail server's folder and answers some of it, at once or later, now and then twice."""

    def __init__(self, folder: Path, lmtp_port: int, *, seed: int) -> None:
        super().__init__(name="guests")
        self.brought: list[str] = []
        self.complaints: list[str] = []
        self.tries = 0
        self._folder = folder / "new"
        self._port = lmtp_port
        self._chance = random.Random(f"{seed} guests")
        self._stop_answering = threading.Event()
        self._seen: set[str] = set()
        self._later: list[Answer] = []

    def answer_all(self) -> None:
        """Answer what is left, and end."""
        self._stop_answering.set()
        self.join()

    def run(self) -> None:
        while not self._stop_answering.wait(PACE):
            self._later += self._answers()
            self._chance.shuffle(self._later)
            now, self._later = self._later[: len(self._later) // 2 + 1], self._later[len(self._later) // 2 + 1 :]
            for answer in now:
                self._bring(answer)
        for answer in [*self._later, *self._answers()]:
            self._bring(answer)

    def _answers(self) -> Iterator[Answer]:
        for path in sorted(self._folder.iterdir()) if self._folder.exists() else ():
            if path.name in self._seen:
                continue
            self._seen.add(path.name)
            kept = kept_in(path.read_bytes())
            mail = received(kept) if b"REQUEST" in kept.content else None
            if mail and mail.entry and mail.entry.method == "REQUEST" and self._chance.random() < 0.6:
                yield self._answer(mail)

    def _answer(self, mail: Received) -> Answer:
        assert mail.entry
        raw = reply(
            mail.entry.uid,
            mail.recipient,
            self._chance.choice(ANSWERS),
            sequence=mail.entry.sequence,
            dtstamp=datetime.now(UTC),
            to=RESERVATIONS,
        )
        [line] = [line for line in raw.split(b"\r\n") if line.startswith(b"Message-ID: ")]
        return Answer(mail.recipient, line.removeprefix(b"Message-ID: ").decode(), raw)

    def _bring(self, answer: Answer) -> None:
        """Until it is acknowledged, and now and then once more: the acknowledgement may get lost on the way."""
        if answer.message_id in self.brought:  # the same answer to the same question within a second
            return
        for _ in range(2 if self._chance.random() < 0.2 else 1):
            self._bring_once(answer)
        self.brought.append(answer.message_id)

    def _bring_once(self, answer: Answer) -> None:
        deadline = time.monotonic() + PATIENCE
        while True:
            self.tries += 1
            try:
                with smtplib.LMTP("127.0.0.1", self._port, timeout=15) as session:
                    session.sendmail(answer.sender, [RESERVATIONS], answer.raw)
                    return
            except smtplib.SMTPRecipientsRefused as error:
                [(code, words)] = error.recipients.values()
                problem = f"{code} {words!r}"
                if code // 100 == 5:
                    self.complaints.append(f"{answer.message_id}: {problem}")
            except (smtplib.SMTPException, OSError) as error:
                problem = repr(error)
            if time.monotonic() > deadline:
                raise TimeoutError(f"{answer.message_id} was not taken for {PATIENCE} s: {problem}")
            threading.Event().wait(AGAIN_AFTER)
