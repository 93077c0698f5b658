"""What our own mail server found out about a mail, as it wrote it into Authentication-Results (RFC 8601).

Anybody can write that field, so this much is believed and no more:

- only what carries the authserv-id that is configured. A server must take away what comes in under its own name
  (section 5); nothing here can make up for one that does not.
- of each method only the topmost field that has it: a server puts its own above whatever the mail had, so that below it
  stands what somebody forged, or what our server said when the mail came through it another time.
- nothing below the first Received of another organisation's server: there the mail was not with us yet (section 7.1).
- a verdict on DMARC must name the domain that we read in From, lest a From that two programs read differently passes.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import authres
from authres.core import AuthenticationResult as Result

from shared.itip.parts import mail
from shared.itip.words import decoded, line
from shared.senders.alignment import are_of_one_organisation
from shared.senders.verdict import Verdict

_FIELD: Final = "authentication-results"
_LONGEST: Final = 4_000
_MOST_COMMENTS: Final = 50
_MOST_FIELDS: Final = 20
_METHODS: Final = ("dmarc", "dkim", "spf", "auth")

_ID = re.compile(r"\s*(?:\([^()]*\)\s*)*\"?([a-z0-9._-]+)", re.IGNORECASE | re.ASCII)
_BY = re.compile(r"\bby\s+([a-z0-9.-]+)", re.IGNORECASE | re.ASCII)
_COMMENT = re.compile(r"\([^()]*\)")


def by_our_server(raw: bytes, sender: str, authserv_id: str) -> Verdict:
    """Who wrote the mail, says the server of that authserv-id; '.example.org' stands for every name below it."""
    if not authserv_id:
        return Verdict("", "MAIL_AUTHSERV_ID is not set, so that no server is believed")
    found = _results(mail(raw).head.fields, authserv_id.lower())
    domain = sender.rpartition("@")[2]
    for dmarc in found.get("dmarc", ()):
        read = _property(dmarc, "header", "from")
        if dmarc.result == "fail" or (read and read != domain):
            return Verdict("", f"dmarc={dmarc.result} for {read or domain}, says {authserv_id}")
        if dmarc.result == "pass" and read:
            return Verdict(sender, f"dmarc=pass for {domain}, says {authserv_id}")
    passed = next((words for one in _passed(found) if (words := _vouches(one, sender))), "")
    return Verdict(sender, f"{passed}, says {authserv_id}") if passed else Verdict("", _why_not(found, authserv_id))


def _results(fields: Sequence[tuple[str, bytes]], authserv_id: str) -> Mapping[str, Sequence[Result]]:
    """The results of each method, of the topmost field that has any of it."""
    found: dict[str, list[Result]] = {}
    for field in _ours(fields, authserv_id):
        said: dict[str, list[Result]] = {}
        for result in field:
            if result.method in _METHODS:
                said.setdefault(result.method, []).append(result)
        found = said | found
    return found


def _ours(fields: Sequence[tuple[str, bytes]], authserv_id: str) -> Iterator[list[Result]]:
    left = _MOST_FIELDS
    for name, value in fields:
        text = decoded(value[:_LONGEST], "")
        if name == "received" and _is_foreign(text, authserv_id):
            return
        if name != _FIELD or len(value) > _LONGEST or not _is_by(_written_id(text), authserv_id):
            continue
        if (left := left - 1) < 0:
            return
        yield _parsed(text)


def _parsed(text: str) -> list[Result]:
    if text.count("(") > _MOST_COMMENTS:
        return []
    try:
        field = authres.all_features().parse_value(line(text, _LONGEST))
    except authres.AuthResError:
        return []
    return [result for result in field.results if isinstance(result, Result)]


def _written_id(text: str) -> str:
    found = _ID.match(text)
    return found[1].lower() if found else ""


def _is_by(written: str, authserv_id: str) -> bool:
    return written.endswith(authserv_id) if authserv_id.startswith(".") else written == authserv_id


def _is_foreign(received: str, authserv_id: str) -> bool:
    """Whether the server that wrote it is of another organisation; numbers and short names are those of hops within."""
    found = _BY.search(_COMMENT.sub(" ", received))
    host = found[1].lower().strip(".") if found else ""
    is_name = "." in host and not host.replace(".", "").isdecimal()
    return is_name and host != authserv_id and not are_of_one_organisation(host, authserv_id.strip("."))


def _passed(found: Mapping[str, Sequence[Result]]) -> Iterator[Result]:
    return (one for method in ("dkim", "spf", "auth") for one in found.get(method, ()) if one.result == "pass")


def _vouches(result: Result, sender: str) -> str:
    """In words, when that result is about the From address (by DMARC's relaxed alignment); else ''."""
    if result.method == "auth":  # a user of our own server, who gave a password (section 2.7.4)
        user = _property(result, "smtp", "auth") or _property(result, "smtp", "mailfrom")
        return f"auth=pass for {user}" if user == sender else ""
    properties = [("header", "d"), ("header", "i")] if result.method == "dkim" else [("smtp", "mailfrom")]
    said = next((value for kind, name in properties if (value := _property(result, kind, name))), "")
    domain = said.rpartition("@")[2]
    return f"{result.method}=pass for {domain}" if are_of_one_organisation(domain, sender.rpartition("@")[2]) else ""


def _property(result: Result, kind: str, name: str) -> str:
    values = (one.value for one in result.properties if (one.type, one.name) == (kind, name))
    return str(next(values, None) or "").lower()


def _why_not(found: Mapping[str, Sequence[Result]], authserv_id: str) -> str:
    said = ", ".join(f"{one.method}={one.result}" for results in found.values() for one in results)
    return f"{authserv_id} says {said[:200] or 'nothing'}, none of it a pass for the domain in From"
