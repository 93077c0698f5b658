"""DKIM signatures, verified here (RFC 6376): one of the organisation in From vouches for the mail (RFC 7489).

dkimpy reads keys and computes; the mail is split and its body canonicalized here, for dkimpy's way of doing so takes
time that grows with the square of a run of blanks, and memory for each line and each word.
"""

import base64
import hashlib
import re
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final

import dkim
from dkim import crypto
from dkim.canonicalization import CanonicalizationPolicy, InvalidCanonicalizationPolicyError
from dkim.util import InvalidTagValueList, parse_tag_value

from shared.itip.parts import mail
from shared.senders.alignment import are_of_one_organisation, is_strict, organisation
from shared.senders.names import Names
from shared.senders.verdict import TryLater, Verdict

MOST_SIGNATURES: Final = 3
_LONGEST_SIGNATURE: Final = 4_000
_LONGEST_KEY: Final = 1_500  # RSA of 4096 bits has some 740; twice as many bits take eight times as long
_SHORTEST_KEY: Final = 1_024
_MOST_SIGNED_FIELDS: Final = 200
_MOST_BLANKS: Final = re.compile(rb"\s{60}")
_LINE_BREAK = re.compile(rb"\r?\n")
_DNS_NAME = re.compile(rb"[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*")
_FIELD_NAME = re.compile(rb"[!-9;-~]+")

# what dkimpy raises for keys and signatures that are none: they are whatever somebody wrote into the DNS or the mail
_BROKEN: Final = (
    *(dkim.DKIMException, InvalidTagValueList, InvalidCanonicalizationPolicyError, crypto.DigestTooLargeError),
    *(crypto.UnparsableKeyError, ValueError, LookupError, TypeError, ArithmeticError, AssertionError),
)


@dataclass(frozen=True, slots=True)
class _Signature:
    """One DKIM-Signature: which one it is in the mail, and its tags."""

    number: int
    tags: dict[bytes, bytes]

    @property
    def domain(self) -> str:
        """In lower case, '' when its name or its selector has anything in it that means more to the DNS than itself."""
        name, selector = self.tags.get(b"d", b""), self.tags.get(b"s", b"")
        return name.decode("ascii").lower() if _DNS_NAME.fullmatch(name) and _DNS_NAME.fullmatch(selector) else ""

    @property
    def place(self) -> str:
        """Where its key is in the DNS."""
        return f"{self.tags.get(b's', b'').decode('ascii')}._domainkey.{self.domain}"

    @property
    def covers(self) -> list[bytes]:
        """The names of the fields that it covers."""
        return [name.strip().lower() for name in self.tags.get(b"h", b"").split(b":")]

    @property
    def is_relaxed(self) -> bool:
        return self.tags.get(b"c", b"").partition(b"/")[2] == b"relaxed"


def by_signature(raw: bytes, sender: str, resolvers: str = "") -> Verdict:
    """Who wrote the mail, by a signature of its From domain; raises TryLater when none passes and the DNS is away."""
    domain = sender.rpartition("@")[2]
    if not organisation(domain):
        return Verdict("", f"{domain} belongs to nobody")
    starts = mail(raw).head.ends
    signed = _Signed(_fields(raw[:starts]), raw[starts:])
    aligned = [one for one in signed.signatures() if are_of_one_organisation(one.domain, domain)][:MOST_SIGNATURES]
    if not aligned:
        return Verdict("", f"there is no DKIM signature of {organisation(domain)}")
    return _first_that_passes(signed, aligned, sender, Names(resolvers))


def _first_that_passes(signed: "_Signed", aligned: list[_Signature], sender: str, names: Names) -> Verdict:
    domain = sender.rpartition("@")[2]
    why, later = "", None
    for one in aligned:
        try:
            problem = signed.problem(one, names)
            if not problem and one.domain != domain and is_strict(domain, names):
                problem = f"{domain} wants signatures of its own (adkim=s)"
        except TryLater as error:
            later = later or error
            continue
        if not problem:
            return Verdict(sender, f"DKIM signature of {one.domain}")
        why = why or f"DKIM signature of {one.domain}: {problem}"
    if later:
        raise later
    return Verdict("", why)


class _Signed:
    """A mail as it was signed, with CRLF for its line breaks."""

    def __init__(self, fields: list[tuple[bytes, bytes]], body: bytes) -> None:
        self._fields = fields
        self._signatures = [field for field in fields if field[0].lower() == b"dkim-signature"]
        self._body = body
        self._hashes: dict[bool, bytes] = {}

    def signatures(self) -> list[_Signature]:
        """Those that can be read."""
        found = []
        for number, (_, value) in enumerate(self._signatures):
            if len(value) <= _LONGEST_SIGNATURE and not _MOST_BLANKS.search(value):
                with suppress(InvalidTagValueList):
                    found.append(_Signature(number, parse_tag_value(value)))
        return found

    def problem(self, signature: _Signature, names: Names) -> str:
        """What is wrong with it in words, '' if nothing is; raises TryLater."""
        return self._broken_promise(signature) or self._wrong(signature, names)

    def _broken_promise(self, signature: _Signature) -> str:
        """What can be told without its key."""
        tags = signature.tags
        if tags.get(b"a") != b"rsa-sha256":
            return "not rsa-sha256 (RFC 8301)"
        if b"l" in tags:  # whatever is put after it would be signed as well (RFC 6376 section 8.2)
            return "it covers a part of the body only"
        if b"from" not in signature.covers or len(signature.covers) > _MOST_SIGNED_FIELDS:
            return "it does not cover From"
        if self._hash(signature) != re.sub(rb"\s+", b"", tags.get(b"bh", b"")):
            return "the body is not what was signed"
        return ""

    def _wrong(self, signature: _Signature, names: Names) -> str:
        """What can be told with its key only."""
        tags = signature.tags
        record = next((text for text in names.texts(signature.place) if b"p=" in text), b"")
        if not record or len(record) > _LONGEST_KEY:
            return "its key is not in the DNS"
        try:
            dkim.validate_signature_fields(tags)
            key, bits, kind, is_for_tls_reports = dkim.evaluate_pk(signature.place, record)
            if kind != b"rsa" or is_for_tls_reports:
                return "its key is for something else"
            fits = crypto.RSASSA_PKCS1_v1_5_verify(self._digest(signature), base64.b64decode(tags[b"b"]), key)
        except _BROKEN as error:
            return str(error)[:200] or type(error).__name__
        if not fits:
            return "its key does not fit"
        return "" if bits >= _SHORTEST_KEY else "its key is too short to be only theirs"

    def _digest(self, signature: _Signature) -> Any:
        """SHA-256 of the fields that it covers, from below; From once more, so that no second one goes unnoticed."""
        policy = CanonicalizationPolicy.from_c_value(signature.tags.get(b"c"))
        digest = hashlib.sha256()
        covered = [*signature.covers, b"from"]
        fields = policy.canonicalize_headers(self._fields)
        dkim.hash_headers(digest, policy, fields, covered, self._signatures[signature.number], signature.tags)
        return digest

    def _hash(self, signature: _Signature) -> bytes:
        if signature.is_relaxed not in self._hashes:
            body = canonical_body(self._body, is_relaxed=signature.is_relaxed)
            self._hashes[signature.is_relaxed] = base64.b64encode(hashlib.sha256(body).digest())
        return self._hashes[signature.is_relaxed]


def canonical_body(body: bytes, *, is_relaxed: bool) -> bytes:
    """RFC 6376 sections 3.4.3 and 3.4.4, by a few passes over the whole, for an object a line or a word is too much."""
    written = body.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    if is_relaxed:
        written = written.replace(b"\t", b" ")
        while b"  " in written:  # each pass makes the longest run half as long
            written = written.replace(b"  ", b" ")
        written = written.replace(b" \r\n", b"\r\n")
    text = written.rstrip(b"\r\n")
    # a carriage return alone is no line break, and stays
    tail = written[len(text) :].replace(b"\r\n", b"\n").rstrip(b"\n").replace(b"\n", b"\r\n")
    return text + tail + b"\r\n" if text or tail or not is_relaxed else b""


def _fields(header: bytes) -> list[tuple[bytes, bytes]]:
    """Name and value of each field byte for byte, as dkimpy has them."""
    found: list[tuple[bytes, list[bytes]]] = []
    for line in _LINE_BREAK.split(header):
        if line[:1] in {b" ", b"\t"} and found:
            found[-1][1].append(line + b"\r\n")
        name, colon, value = line.partition(b":")
        if colon and _FIELD_NAME.fullmatch(name):
            found.append((name, [value + b"\r\n"]))
    return [(name, b"".join(pieces)) for name, pieces in found]
