"""What is found out about the sender of a mail, and by whose word."""

from dataclasses import dataclass
from typing import Literal

Mode = Literal["local", "authserv", "dkim"]


@dataclass(frozen=True, slots=True)
class Trust:
    """Whose word is taken (the settings MAIL_TRUST, MAIL_AUTHSERV_ID, MAIL_RESOLVERS)."""

    mode: Mode = "local"
    authserv_id: str = ""
    resolvers: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The address that has written the mail, '' when nobody vouches for it, and why, in English words."""

    address: str
    why: str


class TryLater(Exception):  # noqa: N818 - named as what it asks for
    """Whoever had to be asked does not answer for now: the mail is neither genuine nor forged yet."""
