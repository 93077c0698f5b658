"""The demo's mails: waiting until they are sent, and showing who got what."""

import time
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import Any

from services.demo import stage
from services.demo.client import Client

PATIENCE = 60.0
PAUSE = 0.2
OVER = frozenset({"sent", "failed", "dead"})
STATES = {"sent": "parti", "failed": "refusé", "dead": "abandonné"}
KINDS = {
    "REQUEST": "invitation",
    "CANCEL": "annulation",
    "REFUSAL": "refus expliqué",
    "REMINDER": "rappel",
    "NOTICE": "avis",
}


@dataclass(slots=True)
class Mails:
    """What is expected of which reservation, and what the ledger says of it."""

    client: Client
    expected: Counter[tuple[int, str]] = field(default_factory=Counter)
    ledger: dict[int, list[dict[str, Any]]] = field(default_factory=dict)

    def expect(self, reservation: int, method: str) -> None:
        """One more announcement of that kind is to come for this reservation, or came before the demo looked."""
        if reservation not in self.ledger:
            self.ledger[reservation] = []
        self.expected[reservation, method] += 1

    def announced(self, reservation: int, method: str) -> int:
        """How many announcements of that method there are by now: read it before what causes the next one."""
        self.ledger[reservation] = self._read(reservation)
        return len(self._announcements(reservation, method))

    def expect_at_least(self, count: int, reservation: int, method: str) -> None:
        """So many announcements of that method in all."""
        self.expected[reservation, method] = count

    def wait(self) -> bool:
        """Whether everything expected is on its way or refused for good, within a minute."""
        until = time.monotonic() + PATIENCE
        open_ones = set(self.ledger)
        with stage.console.status("Les courriers partent…") as status:
            while True:
                for reservation in sorted(open_ones):
                    self.ledger[reservation] = self._read(reservation)
                open_ones = {reservation for reservation in open_ones if not self._is_over(reservation)}
                if not open_ones or time.monotonic() > until:
                    return not open_ones
                status.update(f"Les courriers partent… encore {len(open_ones)} rendez-vous à annoncer")
                time.sleep(PAUSE)

    def _read(self, reservation: int) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.client.get("/deliveries", reservation=reservation, limit=200)["items"]
        return found[::-1]

    def _is_over(self, reservation: int) -> bool:
        wanted = [(method, count) for (id_, method), count in self.expected.items() if id_ == reservation]
        return all(len(self._announcements(reservation, method)) >= count for method, count in wanted) and all(
            mail["state"] in OVER for mail in self.ledger[reservation]
        )

    def _announcements(self, reservation: int, method: str) -> set[tuple[int, str]]:
        """The announcements of that method: one for each SEQUENCE and DTSTAMP, however many got it."""
        return {(m["sequence"], m["dtstamp"]) for m in self.ledger[reservation] if m["method"] == method}


def show_people(mails: Mails) -> None:
    """Who got how many mails of which kind."""
    counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for mail, kind in _by_kind(mails):
        counts[mail["recipient"]][kind] += 1
        counts[mail["recipient"]][mail["state"]] += 1
    kinds = ("invitation", "changement", "annulation", "refus expliqué", "avis")
    rows: list[stage.Row] = []
    open_count = 0
    for recipient, of in sorted(counts.items(), key=lambda pair: (-pair[1]["invitation"], pair[0])):
        rows.append((recipient, *(str(of[kind] or "") for kind in kinds)))
        open_count += sum(of[kind] for kind in kinds) - of["sent"]
    stage.show(("Destinataire", "Invitations", "Changements", "Annulations", "Refus", "Avis"), rows)
    stage.say(f"{open_count} courriers ne sont pas partis." if open_count else "Tous ces courriers sont partis.")


def show_letters(mails: Mails, since: str) -> None:
    """One invitation as an example, and every other mail written since that moment; the same letter is told once."""
    letters: dict[tuple[str, str, str], list[dict[str, Any]]] = {}
    for mail, kind in _by_kind(mails):
        is_example = not letters and kind == "invitation"
        if is_example or (kind != "invitation" and mail["created_at"] >= since):
            letters.setdefault((kind, mail["method"], mail["subject"]), []).append(mail)
    for (kind, method, subject), copies in letters.items():
        is_sent = all(mail["state"] == "sent" for mail in copies)
        to = [f"{mail['recipient']} ({STATES.get(mail['state'], 'en attente')})" for mail in copies]
        stage.tell(stage.verdict(is_sent, kind), subject, [f"{method} → {', '.join(to)}"])


def _by_kind(mails: Mails) -> list[tuple[dict[str, Any], str]]:
    """Every mail with what it is; a second REQUEST to somebody is a change."""
    found, seen = [], set[tuple[int, str]]()
    for mail in sorted((m for of in mails.ledger.values() for m in of), key=lambda m: m["id"]):
        who = (mail["reservation"], mail["recipient"])
        kind = "changement" if mail["method"] == "REQUEST" and who in seen else KINDS[mail["method"]]
        if mail["method"] == "REQUEST":
            seen.add(who)
        elif mail["method"] == "CANCEL":
            seen.discard(who)
        found.append((mail, kind))
    return found
