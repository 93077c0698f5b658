"""The bytes of a file, bounded, as text: UTF-8, or what Windows programs write in its place."""

import codecs
from typing import Final

from shared.records.reasons import whole_file

MOST_BYTES: Final = 5_000_000
MOST_LINES: Final = 5_000

# zip (xlsx, ods) and the old Office container (xls)
_WORKBOOKS: Final = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
_UTF16: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def bounded(content: bytes) -> bytes:
    """The content itself; raises InvalidInputError for what is too large to be looked at."""
    if len(content) > MOST_BYTES:
        raise whole_file("file_too_large", most=MOST_BYTES // 1_000_000)
    return content


def decoded(content: bytes) -> str:
    """The text without its byte order mark; raises InvalidInputError for what is empty or no text."""
    if content.startswith(_WORKBOOKS):
        raise whole_file("spreadsheet")
    text = _text(content)
    if "\0" in text:
        raise whole_file("not_text")
    if not text.strip():
        raise whole_file("file_empty")
    return text


def _text(content: bytes) -> str:
    # 'Texte Unicode' of Excel is UTF-16 with tabs; 'CSV (séparateur : point-virgule)' is cp1252
    encodings = ("utf-16",) if content.startswith(_UTF16) else ("utf-8-sig", "cp1252")
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise whole_file("not_text")
