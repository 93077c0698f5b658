"""Mails that are signed as servers sign them."""

from dataclasses import dataclass
from typing import Any

import dkim

LETTER = (
    b"From: =?utf-8?q?Zo=C3=A9?= <zoe@college.example>\r\n"
    b"To: reservations@creneau.example\r\n"
    b"Subject: Oui\r\n"
    b"Message-ID: <1@college.example>\r\n"
    b"\r\n"
    b"Nous venons  \t a vingt-quatre. \r\n"
    b"\r\n"
    b"Zoe\r\n\r\n\r\n"
)


@dataclass(frozen=True)
class Key:
    private: bytes
    public: str

    @property
    def record(self) -> str:
        return f"v=DKIM1; k=rsa; p={self.public}"

    def signed(self, mail: bytes = LETTER, domain: str = "college.example", **more: Any) -> bytes:
        """The mail with a signature on top, by the selector s1."""
        options = {"canonicalize": (b"relaxed", b"relaxed"), "include_headers": [b"from", b"subject", b"to"], **more}
        return dkim.sign(mail, b"s1", domain.encode(), self.private, **options) + mail
