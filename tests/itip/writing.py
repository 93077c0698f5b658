"""Small calendars and mails, written line by line."""

import base64

PARIS = "Europe/Paris"


def calendar(*lines: str, method: str = "REPLY", uid: str = "7@creneau.example") -> str:
    """One VEVENT with these lines beside its UID, in a calendar of that METHOD, '' for none."""
    head = [f"METHOD:{method}"] if method else []
    body = ["BEGIN:VCALENDAR", *head, "BEGIN:VEVENT", *([f"UID:{uid}"] if uid else []), *lines, "END:VEVENT"]
    return "\r\n".join([*body, "END:VCALENDAR", ""])


def mail(*parts: bytes, kind: str = "mixed") -> bytes:
    """A mail of these parts."""
    return b"From: zoe@college.example\r\n" + several(*parts, kind=kind, boundary="b")


def several(*parts: bytes, kind: str = "mixed", boundary: str = "c") -> bytes:
    """A part of these parts."""
    head = f'Content-Type: multipart/{kind}; boundary="{boundary}"\r\n\r\n'.encode()
    delimiter = f"--{boundary}".encode()
    return b"".join([head, *(delimiter + b"\r\n" + part + b"\r\n" for part in parts), delimiter, b"--\r\n"])


def part(
    content: str | bytes, kind: str = "text/calendar; method=REPLY", encoding: str = "8bit", more: str = ""
) -> bytes:
    """A part without parts."""
    raw = content.encode() if isinstance(content, str) else content
    sent = base64.encodebytes(raw) if encoding == "base64" else raw
    fields = f"Content-Type: {kind}\r\nContent-Transfer-Encoding: {encoding}\r\n{more}\r\n"
    return fields.encode() + sent
