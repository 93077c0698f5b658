"""What our own mail server says of a mail, and what others write in its place."""

import pytest

from shared.itip.reading import read_mail
from shared.senders.authenticating import authenticate
from shared.senders.verdict import Trust

OURS = "mx.creneau.example"
ZOE = "zoe@college.example"
FROM = f"From: Zoé <{ZOE}>"
SAYS = f"Authentication-Results: {OURS};"
PASS = f"{SAYS} dmarc=pass (p=none dis=none) header.from=college.example"
RECEIVED = f"Received: from out.college.example (out.college.example [192.0.2.7]) by {OURS} (Postfix) with ESMTPS"
FOREIGN = "Received: from somewhere by mail.other.example with ESMTP; Tue, 9 Nov 2027 09:00:00 +0100"

GOOGLE_SPF = f"""spf=pass (google.com: domain of {ZOE} designates 192.0.2.7) smtp.mailfrom={ZOE};\r
       dmarc=pass (p=NONE sp=NONE dis=NONE) header.from=college.example"""


def judged(*fields: str, authserv_id: str = OURS) -> str:
    raw = "\r\n".join((*fields, "", "Oui")).encode()
    trust = Trust("authserv", authserv_id=authserv_id)
    return authenticate(raw, read_mail(raw, "Europe/Paris"), is_local=True, trust=trust).address


GENUINE = {
    "dmarc": [PASS],
    "below our own Received": [RECEIVED, PASS],
    "capitals, a comment, folding": [
        f"AUTHENTICATION-RESULTS: {OURS.upper()} (our host);\r\n\tdmarc=pass (p=none)\r\n\theader.from=College.Example"
    ],
    "a version": [f"Authentication-Results: {OURS} 1; dmarc=pass header.from=college.example"],
    "dkim of the same domain": [f"{SAYS} dkim=pass header.d=college.example header.s=s1"],
    "dkim that says only i=": [f'{SAYS} dkim=pass reason="2048-bit key" header.i=@college.example'],
    "dkim of the same organisation": [f"{SAYS} dkim=pass header.d=mail.college.example"],
    "the second of two signatures": [
        f"{SAYS} dkim=fail header.d=college.example; dkim=pass header.d=college.example"
    ],
    "spf of the same domain": [f"{SAYS} spf=pass smtp.mailfrom=bounces@college.example"],
    "no dmarc, but dkim": [f"{SAYS} dmarc=none header.from=college.example; dkim=pass header.d=college.example"],
    "a user of our own server": [f"{SAYS} auth=pass (plain) smtp.auth={ZOE}"],
    "several fields, as Postfix's milters write them": [
        RECEIVED,
        f"{SAYS} spf=softfail smtp.mailfrom=other.example",
        f"{SAYS} dkim=pass header.d=college.example",
    ],
    "as Google writes it": [
        "Received: by 2002:a05:7108:6306:b0:3c2:1:2 with SMTP id x; Tue, 9 Nov 2027 00:00:00 -0800 (PST)",
        f"Received: from out.college.example (out.college.example. [192.0.2.7]) by {OURS} with ESMTPS id y",
        f"Received-SPF: pass (google.com: domain of {ZOE} designates 192.0.2.7 as permitted sender)",
        f"{SAYS} dkim=pass header.i=@college.example header.s=s1 header.b=AbC/12;\r\n       {GOOGLE_SPF}",
    ],
}  # fmt: skip


@pytest.mark.parametrize("fields", GENUINE.values(), ids=GENUINE)
def test_what_our_server_vouches_for_is_genuine(fields: list[str]) -> None:
    assert judged(*fields, FROM) == ZOE


FORGED = {
    "nothing": [],
    "another server's word": [PASS.replace(OURS, "mx.other.example")],
    "a name that begins like ours": [PASS.replace(OURS, f"{OURS}.evil.example")],
    "a name that ends like ours": [PASS.replace(OURS, f"evil-{OURS}")],
    "ours in a comment": [PASS.replace(OURS, f"mx.evil.example ({OURS})")],
    "a comment that hides a server": [PASS.replace(OURS, f"({OURS}) mx.evil.example")],
    "below what our server says": [PASS.replace("pass", "fail"), PASS],
    "below what our server says of the domain that it read": [PASS.replace("college", "other"), PASS],
    "below another organisation's server": [RECEIVED, FOREIGN, PASS],
    "below a signature of another that our server found": [
        f"{SAYS} dkim=pass header.d=evil.example",
        f"{SAYS} dkim=pass header.d=college.example",
    ],
    "dmarc=fail, though SPF is fine": [
        f"{SAYS} dmarc=fail header.from=college.example; spf=pass smtp.mailfrom={ZOE}"
    ],
    "dmarc=pass of no domain": [f"{SAYS} dmarc=pass"],
    "dkim of another": [f"{SAYS} dkim=pass header.d=college.example.evil.example"],
    "spf of another": [f"{SAYS} spf=pass smtp.mailfrom=x@evil.example smtp.helo=college.example"],
    "a user of ours who writes as another": [f"{SAYS} auth=pass smtp.auth=max@college.example"],
    "ARC is another's word": [f"ARC-Authentication-Results: i=1; {OURS}; dmarc=pass header.from=college.example"],
    "in a quoted word": [
        f'{SAYS} spf=fail smtp.mailfrom="x; dmarc=pass header.from=college.example"@evil.example'
    ],
    "in a reason": [f'{SAYS} spf=fail reason="; dmarc=pass header.from=college.example"'],
    "in a comment": [f"{SAYS} spf=fail (; dmarc=pass header.from=college.example)"],
    "a version of the future": [f"Authentication-Results: {OURS} 2; dmarc=pass header.from=college.example"],
    "comments without an end": [f"{SAYS} {'(' * 3_000}"],
    "a very long one": [f"{SAYS} dmarc=pass header.from=college.example {' ' * 5_000}x"],
    "very many": [f"{SAYS} dkim=fail (nothing) header.d=college.example"] * 900,
}  # fmt: skip


@pytest.mark.parametrize("fields", FORGED.values(), ids=FORGED)
@pytest.mark.timeout(5)
def test_what_our_server_does_not_vouch_for_is_nobodys(fields: list[str]) -> None:
    assert judged(*fields, FROM) == ""


def test_without_a_name_no_server_is_believed() -> None:
    assert judged(PASS, FROM, authserv_id="") == ""


def test_all_servers_of_a_farm_may_be_named_at_once() -> None:
    """OVH's authserv-id is that of whichever of its servers took the mail."""
    field = "Authentication-Results: in15.mail.ovh.example; dkim=pass header.d=college.example"
    assert judged(field, FROM, authserv_id=".mail.ovh.example") == ZOE
    assert judged(field.replace("ovh.example", "ovh.example.evil.example"), FROM, authserv_id=".mail.ovh.example") == ""


def test_coming_in_from_this_machine_proves_nothing_then() -> None:
    """The mail server that hands in the mails of the world runs here as well."""
    assert judged(FROM) == ""
