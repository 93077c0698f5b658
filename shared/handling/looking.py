"""Reading a mail and finding out who is speaking; without a transaction, for name servers may be slow."""

from datetime import datetime, timedelta

from shared.handling.acting import Looked
from shared.handling.leased import Leased
from shared.itip.reading import read_mail
from shared.senders.authenticating import authenticate
from shared.senders.verdict import Trust, TryLater
from shared.settings import Settings

# a DNS that answers nothing about a domain for a day will not
PATIENCE = timedelta(days=1)
SHORTEST_PAUSE, LONGEST_PAUSE = timedelta(seconds=10), timedelta(hours=1)


class NotYetError(Exception):
    """Whoever knows the sender does not answer for now; `until` is when to ask again."""

    def __init__(self, until: datetime, why: str) -> None:
        super().__init__(why)
        self.until = until


def look(mail: Leased, *, trust: Trust, now: datetime) -> Looked:
    """Raises UnreadableMail, and NotYetError, for a day at most: then nobody vouches for the sender."""
    incoming = read_mail(mail.raw, mail.zone)
    try:
        verdict = authenticate(mail.raw, incoming, is_local=mail.is_local, trust=trust)
    except TryLater as error:
        age = now - mail.received_at
        if age < PATIENCE:
            raise NotYetError(now + max(SHORTEST_PAUSE, min(age, LONGEST_PAUSE)), str(error)) from error
        return Looked(incoming, "", str(error))
    return Looked(incoming, verdict.address, verdict.why)


def trusted(conf: Settings) -> Trust:
    """Whose word is taken, as the settings say."""
    return Trust(conf.mail_trust, conf.mail_authserv_id, conf.mail_resolvers)
