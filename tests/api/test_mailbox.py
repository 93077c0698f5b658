"""The inbox, as coordinators see it."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import text

from shared.handling import leases
from tests.api.live import Api
from tests.api.test_access import second_site
from tests.letters_in import RESERVATIONS, ROOM, come_in, handle_all, letter

INBOX = "/api/mailbox"


def quarantined(api: Api, subject: str = "bombe") -> int:
    """A mail that was set aside."""
    [mail_id] = come_in(api.house, letter(subject), ROOM).ids
    now = datetime.now(UTC)
    with api.house.book() as db:
        [mail] = leases.claim(db, now=now, most=10)
        leases.quarantine(db, mail, code="too_deep", reason="nested 100 deep", now=now)
    return mail_id


def test_a_coordinator_sees_what_came_in_and_what_was_made_of_it(api: Api) -> None:
    [mail_id] = come_in(api.house, letter("Bonjour"), RESERVATIONS).ids
    waiting = api.get(f"{INBOX}/{mail_id}", "claire").json()
    assert (waiting["state"], waiting["outcome"], waiting["sentence"]) == ("waiting", "", "Attend d’être lu")  # noqa: RUF001
    handle_all()
    mail = api.call("GET", f"{INBOX}/{mail_id}", "claire", headers={"Accept-Language": "en"}).json()
    assert (mail["state"], mail["outcome"], mail["sentence"]) == ("handled", "no_calendar", "Has no calendar in it")
    assert (mail["subject"], mail["sender"], mail["recipients"]) == ("Bonjour", "zoe@college.example", [RESERVATIONS])
    assert (mail["size"], mail["not_before"]) == (len(letter("Bonjour")), None)


def test_the_mail_itself_is_to_be_had_byte_for_byte(api: Api) -> None:
    raw = letter("Bonjour") + b"\x00\xff"
    [mail_id] = come_in(api.house, raw, ROOM).ids
    answer = api.get(f"{INBOX}/{mail_id}/raw", "claire")
    assert (answer.content, answer.headers["content-type"]) == (raw, "message/rfc822")
    assert answer.headers["content-disposition"].startswith("attachment")


def test_the_inbox_is_narrowed_and_has_pages(api: Api) -> None:
    ids = [come_in(api.house, letter(str(n)), ROOM if n % 2 else RESERVATIONS).ids[0] for n in range(5)]
    api.house.rows(
        "UPDATE inbound_mail SET uid = 'u1', sender = 'zoe@college.example' WHERE id = :id RETURNING 1", id=ids[0]
    )

    def found(**filters: object) -> list[int]:
        return [mail["id"] for mail in api.get(INBOX, "claire", **filters).json()["items"]]

    assert found() == ids[::-1]
    assert found(recipient=ROOM.upper()) == [ids[3], ids[1]]
    assert found(uid="u1") == found(sender="Zoe@college.example") == [ids[0]]
    assert found(state="handled") == found(outcome="stale") == []
    first = api.get(INBOX, "claire", limit=3)
    assert [mail["id"] for mail in first.json()["items"]] == ids[:1:-1]
    second = api.call("GET", first.links["next"]["url"], "claire")
    assert [mail["id"] for mail in second.json()["items"]] == ids[1::-1]
    assert "next" not in second.links


def test_what_was_set_aside_is_tried_again_when_asked_for(api: Api) -> None:
    mail_id = quarantined(api)
    shown = api.get(f"{INBOX}/{mail_id}", "claire").json()
    assert (shown["state"], shown["outcome"], shown["details"]) == (
        "quarantined",
        "too_deep",
        {"reason": "nested 100 deep"},
    )
    again = [api.post(f"{INBOX}/{mail_id}/retrial", who="claire", idempotency_key="k1") for _ in range(2)]
    assert [answer.status_code for answer in again] == [202, 202]
    assert again[0].json() == again[1].json()
    handle_all()
    assert api.get(f"{INBOX}/{mail_id}", "claire").json()["outcome"] == "no_calendar"
    refused = api.post(f"{INBOX}/{mail_id}/retrial", who="claire")
    assert (refused.status_code, refused.json()["code"]) == (409, "wrong_state")


def test_it_is_for_coordinators_of_the_site(api: Api) -> None:
    second_site(api.house)
    mail_id = quarantined(api)
    for who, status in (("anne", 403), ("pia", 403), ("zoe", 404)):
        for path in (f"{INBOX}/{mail_id}", f"{INBOX}/{mail_id}/raw"):
            assert api.get(path, who).status_code == status, (who, path)
        assert api.post(f"{INBOX}/{mail_id}/retrial", who=who).status_code == status
    assert api.get(INBOX, "anne").status_code == 403
    assert api.get(INBOX, "zoe").json() == {"items": [], "next": None}


@pytest.mark.parametrize("filters", [{"state": "lost"}, {"limit": 0}, {"cursor": "x"}, {"uid": "\x00"}, {"x": "y"}])
def test_a_filter_that_is_none_is_explained(api: Api, filters: dict[str, object]) -> None:
    answer = api.get(INBOX, "claire", **filters)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_input")


def test_a_mail_that_nobody_has_is_not_found(api: Api) -> None:
    for path in (f"{INBOX}/1", f"{INBOX}/1/raw"):
        assert api.get(path, "claire").status_code == 404
    with api.house.book() as db:
        assert db.execute(text("SELECT count(*) FROM inbound_mail")).scalar_one() == 0
