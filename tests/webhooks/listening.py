"""A webhook and its receiver, with short verbs for what happens to them."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from shared.store.webhooks import Webhook
from shared.webhooks import keeping
from shared.webhooks.offered import TYPES
from tests.house import House
from tests.webhooks.receiver import Receiver
from workers import relay, webhooks

MESSAGES_AGE = """
UPDATE webhook_message SET not_before = not_before - :ago, created_at = created_at - :ago,
    lease_until = lease_until - :ago
"""
WEBHOOKS_AGE = """
UPDATE webhook SET paused_until = paused_until - :ago, failing_since = failing_since - :ago,
    former_until = former_until - :ago
"""


@dataclass
class Listening:
    """`id` is of the webhook that is there from the beginning."""

    house: House
    receiver: Receiver
    id: int = 0
    secret: str = ""
    secrets: dict[int, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.house.now = datetime.now(UTC)  # the workers look at the real clock, and so do receivers
        self.id = self.add()
        self.secret = self.secrets[self.id]

    def add(self, **changes: Any) -> int:
        """Another webhook; its id."""
        new = {"url": self.receiver.url, "types": TYPES, "label": "Site"} | changes
        with self.house.book() as db:
            made = keeping.add(
                db, keeping.NewWebhook(**new), by=self.house.actors["claire"], now=self.house.now, allow_local=True
            )
        self.secrets[made.id] = made.secret
        return made.id

    def change(self, webhook_id: int = 0, **what: Any) -> Webhook:
        with self.house.book() as db:
            return keeping.change(
                db,
                webhook_id or self.id,
                keeping.WebhookChange(**what),
                version=None,
                by=self.house.actors["claire"],
                now=datetime.now(UTC),
                allow_local=True,
            )

    def rotate(self) -> str:
        """The new secret."""
        with self.house.book() as db:
            return keeping.rotate(db, self.id, by=self.house.actors["claire"], now=datetime.now(UTC)).secret

    def relay(self) -> None:
        while relay.relay():
            pass

    def send(self) -> None:
        """Hand on what happened, and call whoever is to be called."""
        self.relay()
        while webhooks.send_some():
            pass

    def test(self) -> int:
        """Queue a test; the id of the message."""
        with self.house.book() as db:
            return keeping.test(db, self.id, by=self.house.actors["claire"], now=datetime.now(UTC)).id

    def messages(self) -> list[Any]:
        return self.house.rows("SELECT * FROM webhook_message ORDER BY id")

    def states(self) -> list[tuple[str, int]]:
        return [(message.state, message.attempts) for message in self.messages()]

    def webhook(self) -> Any:
        return self.house.rows("SELECT * FROM webhook WHERE id = :id", id=self.id)[0]

    def passes(self, **delta: float) -> None:
        """Time goes by for what waits, and for leases: everything in the ledger is so much older."""
        for statement in (MESSAGES_AGE, WEBHOOKS_AGE):
            self.house.rows(f"{statement} RETURNING 1", ago=timedelta(**delta))

    def types(self) -> list[str]:
        """What was received, by type, verified."""
        return [received.verified(self.secret)["type"] for received in self.receiver.received]
