"""The bytes of a case's mail: what its client writes, in the form that travels."""

import base64
import quopri
import re
from collections.abc import Callable
from email import message_from_bytes, policy
from email.generator import BytesGenerator
from email.message import Message
from io import BytesIO

PLACEHOLDER = re.compile(r"\{(?P<what>[a-z-]+)( (?P<of>[^}]+))?\}")
MULTIPART = re.compile(r"^content-type: multipart/", re.IGNORECASE | re.MULTILINE)


def filled(text: str, value: Callable[[str, str], str]) -> str:
    """With what only the system knows in place of {uid}, {bounce zoe} and the like."""
    return PLACEHOLDER.sub(lambda found: value(found["what"], found["of"] or ""), text)


def as_it_travels(text: str, headers: dict[str, str], *, is_bare: bool = False) -> bytes:
    """With those headers that the text leaves out, parts encoded as they say they are, and CRLF unless bare.

    In the file a part that is base64 or quoted-printable stands in clear.
    """
    head, _, body = text.partition("\n\n")
    named = {line.partition(":")[0].lower() for line in head.split("\n") if not line.startswith((" ", "\t"))}
    added = [f"{name}: {value}" for name, value in headers.items() if name.lower() not in named]
    ending = b"\n" if is_bare else b"\r\n"
    message = message_from_bytes("\n".join([*added, head, "", body]).encode(), policy=policy.compat32)
    for part in message.walk():
        _encode(part, ending)
    written = BytesIO()
    as_it_is = policy.compat32.clone(linesep=ending.decode(), max_line_length=None)
    BytesGenerator(written, mangle_from_=False, policy=as_it_is).flatten(message)
    return written.getvalue()


def _encode(part: Message, ending: bytes) -> None:
    encoding = str(part.get("Content-Transfer-Encoding", "")).lower()
    if part.is_multipart() or encoding not in {"base64", "quoted-printable"}:
        return
    in_clear = part._payload.encode("ascii", "surrogateescape").decode()  # as the file has it, whatever its charset
    content = in_clear.encode(part.get_content_charset("utf-8")).replace(b"\n", ending)
    encoded = base64.encodebytes(content) if encoding == "base64" else quopri.encodestring(content.replace(b"\r", b""))
    part.set_payload(encoded.decode("ascii"))
