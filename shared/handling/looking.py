"""Reading a mail and finding out who is speaking; without a transaction, for name servers may be slow."""

from shared.handling.acting import Looked
from shared.handling.leased import Leased
from shared.itip.reading import read_mail


def look(mail: Leased) -> Looked:
    """Raises UnreadableMail."""
    incoming = read_mail(mail.raw, mail.zone)
    sender = incoming.sender
    return Looked(incoming, sender if mail.is_local else "", "loopback" if mail.is_local else "none")
