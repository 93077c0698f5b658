"""Mails that are nearly right: real ones, damaged in the ways that find what a reader did not expect."""

import random
import re
from collections.abc import Callable, Sequence
from pathlib import Path

LONGEST = 60_000
DIALECTS = Path(__file__).parents[1] / "itip" / "dialects"
NUMBERS = (b"0", b"-1", b"255", b"65536", b"4294967296", b"9" * 40, b"00010101", b"99991231", b"20271331", b"1e9")
WORDS = (
    *(b"\0", b"\r", b"\n", b"\r\n", b"\r\n\r\n", b" ", b"\t", b";", b":", b",", b'"', b"\\", b"=", b"^n", b"--"),
    *("é".encode(), b"\xe9", b"\xff\xfe", b"\xef\xbb\xbf", "\u202e".encode(), "\u2028".encode(), b"\xed\xa0\x80"),
    *(b"BEGIN:VEVENT\r\n", b"END:VEVENT\r\n", b"BEGIN:VCALENDAR\r\n", b"END:VCALENDAR\r\n", b"BEGIN:VTIMEZONE\r\n"),
    *(b"BEGIN:STANDARD\r\n", b"BEGIN:VALARM\r\n", b"METHOD:COUNTER\r\n", b"RECURRENCE-ID:20271116T130000Z\r\n"),
    *(b"RRULE:FREQ=YEARLY;COUNT=9999;BYDAY=1MO\r\n", b"EXDATE:20271109T080000Z,20271109\r\n", b"DURATION:-P1W\r\n"),
    *(b"RDATE;VALUE=PERIOD:20271109T080000Z/PT1H\r\n", b";TZID=Pacific/Kiritimati", b";TZID=../../etc/passwd"),
    *(b"Content-Type: multipart/mixed; boundary=x\r\n", b"Content-Transfer-Encoding: base64\r\n", b"; charset=utf-16"),
    *(b"; charset=iso-2022-jp", b"; charset=x-unknown", b"; method=CANCEL", b"; boundary*0=a; boundary*1=b"),
    *(b"From: a@b.fr, c@d.fr\r\n", b"=?utf-8?b?4pyT?=", b"=?utf-16?q?=D8=00?=", b"message/rfc822", b";VALUE=DATE"),
    *(b"message/delivery-status", b"=\r\n", "🎬".encode(), b"Authentication-Results: mx.creneau.example; dkim=pass "),
)

_DIGITS = re.compile(rb"\d+")

Damage = Callable[[bytes, random.Random], bytes]


class Mutations:
    """Mail number n of a seed is always the same one."""

    def __init__(self, seed: str) -> None:
        self._seed = seed
        self._real = [path.read_bytes() for path in sorted(DIALECTS.iterdir())]

    def mail(self, number: int) -> bytes:
        chance = random.Random(f"{self._seed} {number}")
        raw = chance.choice(self._real)
        if chance.random() < 0.5:
            raw = raw.replace(b"\n", b"\r\n")
        for _ in range(chance.choice((1, 1, 2, 3, 5, 12))):
            damage = chance.choice(DAMAGES)
            raw = damage(raw, chance) if damage else _spliced(raw, chance.choice(self._real), chance)
            raw = raw[:LONGEST]
        return raw


def _bit_flipped(raw: bytes, chance: random.Random) -> bytes:
    damaged = bytearray(raw)
    for _ in range(chance.randint(1, 8) if damaged else 0):
        damaged[chance.randrange(len(damaged))] ^= 1 << chance.randrange(8)
    return bytes(damaged)


def _cut(raw: bytes, chance: random.Random) -> bytes:
    start, end = _range(raw, chance, 300)
    return raw[:start] + raw[end:]


def _cut_off(raw: bytes, chance: random.Random) -> bytes:
    return raw[: chance.randint(0, len(raw))]


def _repeated(raw: bytes, chance: random.Random) -> bytes:
    start, end = _range(raw, chance, 200)
    times = chance.choice((2, 2, 3, 10, 100, 2_000))
    return raw[:end] + raw[start:end] * times + raw[end:]


def _moved(raw: bytes, chance: random.Random) -> bytes:
    start, end = _range(raw, chance, 300)
    rest = raw[:start] + raw[end:]
    place = chance.randint(0, len(rest))
    return rest[:place] + raw[start:end] + rest[place:]


def _lines_swapped(raw: bytes, chance: random.Random) -> bytes:
    lines = raw.split(b"\n")
    for _ in range(chance.randint(1, 5)):
        one, other = chance.randrange(len(lines)), chance.randrange(len(lines))
        lines[one], lines[other] = lines[other], lines[one]
    return b"\n".join(lines)


def _line_doubled(raw: bytes, chance: random.Random) -> bytes:
    lines = raw.split(b"\n")
    place = chance.randrange(len(lines))
    return b"\n".join([*lines[:place], *[lines[place]] * chance.choice((2, 2, 3, 500)), *lines[place + 1 :]])


def _number_changed(raw: bytes, chance: random.Random) -> bytes:
    numbers = list(_DIGITS.finditer(raw))
    if not numbers:
        return raw
    found = chance.choice(numbers)
    return raw[: found.start()] + chance.choice(NUMBERS) + raw[found.end() :]


def _word_put(raw: bytes, chance: random.Random) -> bytes:
    place = chance.randint(0, len(raw))
    return raw[:place] + chance.choice(WORDS) * chance.choice((1, 1, 1, 2, 50)) + raw[place:]


def _case_changed(raw: bytes, chance: random.Random) -> bytes:
    start, end = _range(raw, chance, 400)
    return raw[:start] + raw[start:end].swapcase() + raw[end:]


def _unfolded(raw: bytes, chance: random.Random) -> bytes:
    return raw.replace(b"\r\n", chance.choice((b"\n", b"\r", b"\r\n ", b"\n\n", b"")), chance.randint(1, 40))


def _spliced(raw: bytes, other: bytes, chance: random.Random) -> bytes:
    start, end = _range(other, chance, 1_500)
    place = chance.randint(0, len(raw))
    return raw[:place] + other[start:end] + raw[place + chance.choice((0, end - start)) :]


def _range(raw: bytes, chance: random.Random, most: int) -> tuple[int, int]:
    start = chance.randint(0, len(raw))
    return start, min(len(raw), start + chance.randint(0, most))


# None: a piece of another mail
DAMAGES: Sequence[Damage | None] = (
    *(_bit_flipped, _cut, _cut_off, _repeated, _moved, _lines_swapped, _line_doubled, _number_changed),
    *(_number_changed, _word_put, _word_put, _case_changed, _unfolded, None, None),
)
