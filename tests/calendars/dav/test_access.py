"""Who comes in: a token as the password of HTTP Basic, whatever the name, or as Bearer; nobody else."""

import base64
from datetime import UTC, datetime

from sqlalchemy import update

from shared.seed import atelier
from shared.store.people import Role, Token, person_called
from tests.calendars.dav.speaking import Dav

METHODS = (
    *("OPTIONS", "GET", "HEAD", "PROPFIND", "REPORT", "PROPPATCH", "PUT", "DELETE", "POST", "PATCH", "MKCALENDAR"),
    *("MKCOL", "COPY", "MOVE", "LOCK", "UNLOCK", "ACL"),
)


def basic(name: str, password: str) -> str:
    return f"Basic {base64.b64encode(f'{name}:{password}'.encode()).decode()}"


def test_without_a_token_nothing_answers(dav: Dav) -> None:
    for method in METHODS:
        for path in ("/dav/", dav.home(), dav.room(), f"{dav.room()}1.ics"):
            answer = dav.call(method, path, who="")
            assert answer.status_code == 401, (method, path)
            assert answer.headers["www-authenticate"] == 'Basic realm="Creneau", charset="UTF-8"'


def test_the_root_of_the_server_asks_for_a_token_too(dav: Dav) -> None:
    assert dav.call("PROPFIND", "/", who="", depth=0).status_code == 401
    assert dav.call("PROPFIND", "/principals/", who="", depth=0).status_code == 401


def test_the_token_is_the_password_whatever_the_name(dav: Dav) -> None:
    for name in ("anne@example.org", "", "whoever", "évelyne"):
        headers = {"Authorization": basic(name, dav.house.tokens["anne"]), "Depth": "0"}
        assert dav.client.request("PROPFIND", dav.home(), headers=headers).status_code == 207, name


def test_a_bearer_token_is_one_as_well(dav: Dav) -> None:
    headers = {"Authorization": f"Bearer {dav.house.tokens['anne']}", "Depth": "0"}
    assert dav.client.request("PROPFIND", dav.home(), headers=headers).status_code == 207


NO_TOKEN = (
    basic("anne@example.org", "crn_unknown"),
    basic("anne@example.org", ""),
    "Basic",
    "Basic =",
    "Basic not-base64!",
    f"Basic {base64.b64encode(b'no colon').decode()}",
    f"Basic {base64.b64encode(bytes(range(128, 256))).decode()}",
    "Digest username=anne",
    "Bearer",
    "Bearer crn_unknown",
    "crn_x",
)


def test_anything_else_is_no_token(dav: Dav) -> None:
    for header in NO_TOKEN:
        answer = dav.client.request("PROPFIND", "/dav/", headers={"Authorization": header, "Depth": "0"})
        assert answer.status_code == 401, header


def test_a_revoked_token_is_unknown(dav: Dav) -> None:
    with dav.house.book() as db:
        db.execute(update(Token).where(Token.person_id == dav.person()).values(revoked_at=datetime.now(UTC)))
    assert dav.call("PROPFIND", "/dav/", depth=0).status_code == 401
    assert dav.call("PROPFIND", "/dav/", who="basile", depth=0).status_code == 207


def test_a_token_of_another_house_opens_nothing_here(dav: Dav) -> None:
    with dav.house.book() as db:
        site = atelier(db, slug="lille", name="Atelier Canopé 59 - Lille")
        zoe = person_called(db, site.id, address="zoe@example.org", name="Zoé")
        dav.house.tokens["zoe"] = Token.issue(db, zoe, Role.COORDINATOR, label="test", now=dav.house.now)
    dav.house.addresses["zoe"] = "zoe@example.org"
    dav.house.confirmed("flexi-16", title="Chez nous")
    dav.publish()
    home = f"/dav/calendars/{zoe.id}/"
    calendars = dav.propfind(home, "D:displayname", who="zoe", depth=1)
    assert f"{home}room-flexi-16/" in calendars
    assert dav.entries(f"{home}room-flexi-16/", "zoe") == {}
    assert dav.call("GET", f"{home}room-flexi-16/1.ics", who="zoe").status_code == 404
