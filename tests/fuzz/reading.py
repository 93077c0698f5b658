"""The way in for a mail, tried with very many that are nearly right; what was seen of it, in numbers."""

import signal
import time
from collections import Counter
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from types import FrameType

from shared.domain.errors import InvalidInputError
from shared.itip.incoming import UnreadableMail
from shared.itip.reading import read_mail
from shared.records.from_calendar import read_calendar
from shared.senders.authenticating import authenticate
from shared.senders.verdict import Trust
from tests.fuzz.mutations import Mutations
from tests.memory import peak

PARIS = "Europe/Paris"
HANGS_AFTER = 10.0
_EACH_CALENDAR = 10  # so many mails to one calendar that is taken for a file to import
_TRUST = Trust("authserv", authserv_id="mx.creneau.example")


class Hangs(BaseException):
    """A mail takes much longer than it may: nothing is to catch this."""


@dataclass
class Seen:
    """How many mails, what came out by name, the slowest and its number, and what broke, by number."""

    mails: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    slowest: tuple[float, int] = (0.0, -1)
    broken: dict[int, str] = field(default_factory=dict)
    memory: int = 0

    def add(self, other: "Seen") -> None:
        self.mails += other.mails
        self.outcomes += other.outcomes
        self.slowest = max(self.slowest, other.slowest)
        self.broken |= other.broken
        self.memory = max(self.memory, other.memory)


def tried(seed: str, numbers: Iterable[int]) -> Seen:
    """Reads the mails of these numbers."""
    seen, mutations = Seen(), Mutations(seed)
    signal.signal(signal.SIGALRM, _hangs)
    for number in numbers:
        raw = mutations.mail(number)
        started = time.process_time()
        signal.setitimer(signal.ITIMER_REAL, HANGS_AFTER)
        try:
            outcome = _read(raw)
            if number % _EACH_CALENDAR == 0:
                _import(raw)
        except (Exception, Hangs) as error:  # noqa: BLE001 - whatever it is, it is what is looked for
            seen.broken[number] = f"{type(error).__name__}: {error}"[:300]
            outcome = "broken"
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
        seen.mails += 1
        seen.outcomes[outcome] += 1
        seen.slowest = max(seen.slowest, (time.process_time() - started, number))
    seen.memory = peak()
    return seen


def _read(raw: bytes) -> str:
    try:
        found = read_mail(raw, PARIS)
    except UnreadableMail as error:
        return error.code
    authenticate(raw, found, is_local=True, trust=_TRUST)
    if found.scheduling:
        return found.scheduling.method if len(found.scheduling.method) < 20 else "a long method"
    return found.unasked or ("report" if found.reports else "no calendar")


def _import(raw: bytes) -> None:
    with suppress(InvalidInputError):
        read_calendar(raw[max(0, raw.find(b"BEGIN:VCALENDAR")) :], PARIS)


def _hangs(signal_number: int, frame: FrameType | None) -> None:
    raise Hangs(f"after {HANGS_AFTER} seconds in {frame.f_code.co_qualname if frame else signal_number}")
