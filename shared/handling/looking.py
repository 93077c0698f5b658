"""Reading a mail and finding out who is speaking; without a transaction, for name servers may be slow."""

from email import message_from_bytes, policy
from email.utils import parseaddr

from shared.handling.acting import Looked
from shared.handling.leased import Leased
from shared.itip.incoming import Incoming


def look(mail: Leased) -> Looked:
    """Raises UnreadableMail."""
    message = message_from_bytes(mail.raw, policy=policy.compat32)
    sender = parseaddr(str(message.get("From", "")))[1].lower()
    incoming = Incoming(
        message_id=str(message.get("Message-ID", "")), subject=str(message.get("Subject", "")), sender=sender
    )
    return Looked(incoming, sender if mail.is_local else "", "loopback" if mail.is_local else "none")
