"""Is this mail from whom it says? The one question, put to whom the settings trust."""

from shared.itip.incoming import Incoming
from shared.senders.results import by_our_server
from shared.senders.signatures import by_signature
from shared.senders.verdict import Trust, Verdict


def authenticate(raw: bytes, incoming: Incoming, *, is_local: bool, trust: Trust) -> Verdict:
    """Who wrote the mail; raises TryLater when the DNS does not answer, for seconds at most.

    `raw` is what `incoming` was read from; `is_local`: it was handed in over loopback or a unix socket. That counts in
    the mode `local` alone, which is for a first look and for mail servers on this machine that check senders
    themselves: behind any other one, every mail of the world comes in from here.
    """
    if not incoming.sender:
        return Verdict("", "From does not name exactly one address")
    if trust.mode == "authserv":
        return by_our_server(raw, incoming.sender, trust.authserv_id)
    if trust.mode == "dkim":
        return by_signature(raw, incoming.sender, trust.resolvers)
    if is_local:
        return Verdict(incoming.sender, "handed in by this machine itself, which MAIL_TRUST=local believes")
    return Verdict("", "not handed in by this machine itself, and MAIL_TRUST=local believes nobody else")
