"""Bytes into words, whatever their encoding claims to be: nothing raises, nothing costs more than its length."""

import binascii
import re
from typing import Final

from shared.calendar.text import clean_line, clean_text

# Those that mails are really written in. Not every codec that Python has: idna and punycode take time that grows with
# the square of the text, utf-7 and unicode_escape turn harmless bytes into others.
CHARSETS: Final = frozenset(
    {"utf-8", "utf8", "us-ascii", "ascii", "utf-16", "utf-16le", "utf-16be", "koi8-r", "koi8-u", "macintosh"}
    | {f"iso-8859-{number}" for number in (*range(1, 12), *range(13, 17))}
    | {f"windows-{number}" for number in range(1250, 1259)}
    | {f"cp{number}" for number in range(1250, 1259)}
    | {"gb2312", "gbk", "gb18030", "big5", "shift_jis", "iso-2022-jp", "euc-jp", "euc-kr", "ks_c_5601-1987"}
)
# their bytes are valid UTF-8 as well, so that what they claim must be believed
_LOOK_LIKE_UTF8: Final = frozenset({"utf-16", "utf-16le", "utf-16be", "iso-2022-jp"})

_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/]+")
_ENCODED_WORD = re.compile(r"=\?([A-Za-z0-9_-]{1,40})(?:\*[A-Za-z0-9-]*)?\?([bBqQ])\?([^?]*)\?=", re.ASCII)
_LONGEST_HEADER: Final = 4_000


def transferred(content: bytes, encoding: str) -> bytes:
    """Without its Content-Transfer-Encoding (RFC 2045 section 6), as far as it can be undone."""
    if encoding == "base64":
        return _from_base64(content)
    if encoding == "quoted-printable":
        return binascii.a2b_qp(content)
    return content


def decoded(content: bytes, charset: str) -> str:
    """As text: what is UTF-8 is read as such whatever it claims, for a claim is wrong more often than bytes are so."""
    claimed = charset.lower() if charset.lower() in CHARSETS else "utf-8"
    if claimed not in _LOOK_LIKE_UTF8:
        try:
            return content.decode("utf-8-sig")
        except UnicodeDecodeError:
            claimed = "cp1252" if claimed in {"utf-8", "utf8", "us-ascii", "ascii", "iso-8859-1"} else claimed
    return content.decode(claimed, "replace")


def header_words(value: bytes, most: int) -> str:
    """The text of a header field on one line, RFC 2047's encoded words decoded, of at most so many characters."""
    text = decoded(value[:_LONGEST_HEADER], "")
    pieces: list[tuple[str, bytes]] = []
    last = 0
    for found in _ENCODED_WORD.finditer(text):
        between = text[last : found.start()]
        if between.strip() or not last:  # blanks between two encoded words are none (RFC 2047 section 6.2)
            pieces.append(("", between.encode()))
        pieces.append((found[1].lower(), _word(found[2].lower(), found[3])))
        last = found.end()
    pieces.append(("", text[last:].encode()))
    return clean_line("".join(decoded(content, charset) for charset, content in _joined(pieces)))[:most]


def line(text: str, most: int) -> str:
    """One clean line of at most so many characters; what is longer is cut off before it costs anything."""
    return clean_line(text[: 2 * most])[:most].strip()


def lines(text: str, most: int) -> str:
    """Clean lines of at most so many characters altogether."""
    return clean_text(text[: 2 * most]).strip()[:most].strip()


def _from_base64(content: bytes) -> bytes:
    try:
        return binascii.a2b_base64(content)
    except binascii.Error:  # cut off, or with characters that are none of it
        letters = _NOT_BASE64.sub(b"", content)
        letters = letters[: len(letters) - 1] if len(letters) % 4 == 1 else letters
        return binascii.a2b_base64(letters + b"=" * (-len(letters) % 4))


def _word(encoding: str, text: str) -> bytes:
    content = text.encode()
    return _from_base64(content) if encoding == "b" else binascii.a2b_qp(content, header=True)


def _joined(pieces: list[tuple[str, bytes]]) -> list[tuple[str, bytes]]:
    """Neighbours of one charset together: some programs cut a letter in two."""
    found: list[tuple[str, bytes]] = []
    for charset, content in pieces:
        if found and found[-1][0] == charset:
            found[-1] = (charset, found[-1][1] + content)
        else:
            found.append((charset, content))
    return found
