"""The inbox of a case: its mails are taken in, read, authenticated and acted on by the code that always does."""

from collections.abc import Callable

from shared.handling import acting, leases
from shared.handling.looking import look
from shared.inbox.receiving import Envelope, receive
from shared.itip.incoming import UnreadableMail
from shared.senders.verdict import Trust
from tests.calendar.case_mail import as_it_travels, filled
from tests.calendar.case_world import World
from tests.calendar.reading_cases import Again, MailIn, UselessCase
from tests.house import House
from tests.post_office import Mail

UID = "SELECT uid FROM invitation ORDER BY id DESC LIMIT 1"
LAST_TO = "SELECT key FROM delivery WHERE recipient = :to ORDER BY id DESC LIMIT 1"
OUTCOME = "SELECT outcome, state FROM inbound_mail ORDER BY id DESC LIMIT 1"
OUTSIDE = "192.0.2.25"
LOCAL = Trust("local", "", "")


class Inbox:
    """Mails of this machine are trusted; those from outside have to prove who they are from."""

    def __init__(self, world: World) -> None:
        self.world, self.count = world, 0
        self.last: tuple[Envelope, bytes] | None = None

    def take(self, block: MailIn | Again) -> tuple[str, list[Mail]]:
        """Take it in and handle it, then decide and announce; the outcome, and what left."""
        self.world.house.passes(minutes=1)
        if isinstance(block, MailIn):
            self.last = self._envelope(block), self._bytes(block)
        if self.last is None:
            raise UselessCase("there was no mail before")
        outcome = hand_in(self.world.house, *self.last)
        self.world.house.decide()
        return outcome, self.world.post.announce_all()

    def _envelope(self, block: MailIn) -> Envelope:
        recipients = tuple(self.world.address(filled(name, self._value)) for name in block.recipients)
        is_local = block.how != "from outside"
        peer = "127.0.0.1" if is_local else OUTSIDE
        return Envelope("smtp", self.world.address(block.sender), recipients, peer=peer, is_local=is_local)

    def _bytes(self, block: MailIn) -> bytes:
        self.count += 1
        headers = {
            "From": self.world.address(block.sender),
            "To": self.world.address(block.recipients[0]),
            "Message-ID": f"<mail-{self.count}@client.example>",
            "Date": f"{self.world.house.now:%a, %d %b %Y %H:%M:%S +0000}",
            "MIME-Version": "1.0",
        }
        text = filled(block.text, self._value)
        return as_it_travels(text, headers, is_bare=block.how == "bare LF")

    def _value(self, what: str, of: str) -> str:
        values: dict[str, Callable[[], str]] = {"uid": self._uid, "bounce": lambda: self._bounce(of)}
        return values[what]()

    def _uid(self) -> str:
        [row] = self.world.house.rows(UID)
        return str(row.uid)

    def _bounce(self, to: str) -> str:
        [row] = self.world.house.rows(LAST_TO, to=self.world.address(to))
        return f"bounces+{row.key.hex}@creneau.example"


def hand_in(house: House, envelope: Envelope, raw: bytes) -> str:
    """What became of it."""
    with house.book() as db:
        receive(db, envelope, raw, now=house.now)
    with house.book() as db:
        leased = leases.claim(db, now=house.now, most=10)
    for mail in leased:
        try:
            looked = look(mail, trust=LOCAL, now=house.now)
        except UnreadableMail as unreadable:
            with house.book() as db:
                leases.quarantine(db, mail, code=unreadable.code, reason=str(unreadable), now=house.now)
            continue
        with house.book() as db:
            acting.act(db, mail, looked, now=house.now)
    if not leased:
        return "taken_in_already"
    [row] = house.rows(OUTCOME)
    return str(row.outcome if row.state == "handled" else row.state)
