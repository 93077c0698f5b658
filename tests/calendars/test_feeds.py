"""Who may have which feed; that its address is a secret, can be moved, and can be taken back."""

import pytest

from shared.calendars import feeds, reading
from shared.domain.errors import CreneauError, NotFoundError
from shared.programme import Plan, register
from shared.store.people import Person
from tests.calendars.conftest import Press, events
from tests.house import slot

EVERYBODY = ("anne", "claire", "pia")
ALLOWED = [
    ("person", "", "full", EVERYBODY),
    ("person", "", "busy", EVERYBODY),
    ("room", "flexi-16", "full", ("anne", "claire")),
    ("room", "flexi-16", "busy", ("anne", "claire")),
    ("activity", "1", "full", ("anne", "claire")),
    ("partner", "Plan Séquence", "full", ("claire", "pia")),
    ("site", "", "full", ("claire",)),
    ("site", "", "busy", ("claire",)),
]


def lab(press: Press, who: str = "claire") -> int:
    with press.house.book() as db:
        return register(db, Plan("lab", "Cinéma"), by=press.house.actors[who], now=press.house.now).id


@pytest.mark.parametrize(("kind", "of", "scope", "allowed"), ALLOWED)
def test_each_may_have_what_they_may_read(
    press: Press, kind: str, of: str, scope: str, allowed: tuple[str, ...]
) -> None:
    lab(press)
    for who in EVERYBODY:
        if who in allowed:
            assert press.read(press.secret(kind, of, who, scope)), who
        else:
            with pytest.raises(CreneauError) as refused:
                press.secret(kind, of, who, scope)
            assert refused.value.code == "not_allowed", who


def test_a_partner_s_token_has_the_agenda_of_its_own_organisation_only(press: Press) -> None:
    press.house.rows("INSERT INTO organisation (site_id, name) VALUES (1, 'Caf 62') RETURNING id")
    with pytest.raises(CreneauError, match="Only a coordinator"):
        press.secret("partner", "Caf 62", "pia")
    with press.house.book() as db:
        db.get_one(Person, press.house.actors["pia"].person_id).organisation_id = 2
    assert press.read(press.secret("partner", "Caf 62", "pia"))


@pytest.mark.parametrize(
    ("kind", "of", "code"),
    [
        ("room", "", "unknown_resource"),
        ("room", "nowhere", "unknown_resource"),
        ("room", "tablettes", "not_a_room"),
        ("person", "basile", "own_agenda_only"),
        ("activity", "", "unknown_activity"),
        ("activity", "0", "unknown_activity"),
        ("activity", "99999999999999999999", "unknown_activity"),
        ("activity", "²", "unknown_activity"),
        ("activity", "1 OR 1=1", "unknown_activity"),
        ("partner", "", "unknown_partner"),
        ("partner", "Personne", "unknown_partner"),
    ],
)
def test_what_is_not_there_cannot_be_subscribed_to(press: Press, kind: str, of: str, code: str) -> None:
    press.house.furnish("tablettes", "equipment", quantity=3)
    with pytest.raises(CreneauError) as refused:
        press.secret(kind, of)
    assert refused.value.code == code


@pytest.fixture
def hushed(press: Press) -> Press:
    """What Flexi 16 is booked for is the business of its owner and of coordinators."""
    press.house.rule("room", "flexi-16", titles="coordinators")
    return press


def test_a_trainer_has_only_when_of_what_is_nobody_s_business(hushed: Press) -> None:
    hushed.house.confirmed("flexi-16", title="Entretien", who="basile")
    with pytest.raises(CreneauError, match="busy"):
        hushed.secret("room", "flexi-16", "anne")
    with pytest.raises(CreneauError, match="busy"):
        hushed.secret("activity", str(lab(hushed)), "anne")
    assert [str(e["SUMMARY"]) for e in events(hushed.feed("room", "flexi-16", "anne", "busy"))] == ["Occupé"]
    assert hushed.titles("room", "flexi-16", "claire") == ["Entretien"]
    assert hushed.secret("activity", str(lab(hushed, "anne")), "anne")


def test_what_becomes_nobody_s_business_later_is_not_shown_from_then_on(press: Press) -> None:
    press.house.confirmed("flexi-16", title="Entretien", who="basile")
    press.publish()
    secrets = {who: press.secret("room", "flexi-16", who) for who in ("anne", "claire")}
    tags = {who: press.tag(secret) for who, secret in secrets.items()}
    press.house.rule("room", "flexi-16", titles="coordinators")
    read = {who: [str(e["SUMMARY"]) for e in events(press.read(secret))] for who, secret in secrets.items()}
    assert read == {"anne": ["Occupé"], "claire": ["Entretien"]}
    assert press.tag(secrets["anne"]) != tags["anne"]
    assert press.tag(secrets["claire"]) == tags["claire"]


def test_only_the_digest_of_a_secret_is_kept(press: Press) -> None:
    secret = press.secret("room", "flexi-16")
    assert len(secret) >= 43
    [row] = press.house.rows("SELECT * FROM feed")
    assert secret not in repr(row)
    [event] = press.house.rows("SELECT * FROM event WHERE type = 'FeedMade'")
    assert secret not in repr(event)
    assert (event.subject, event.data["name"]) == ("feed:1", "Flexi 16")


@pytest.mark.parametrize("secret", ["", "x", "é" * 500, "\ud800", "'; --", "A" * 43])
def test_a_secret_that_was_never_given_leads_nowhere(press: Press, secret: str) -> None:
    press.secret("room", "flexi-16")
    with pytest.raises(NotFoundError, match="There is no such calendar"):
        press.read(secret)


def test_a_feed_moves_to_another_address(press: Press) -> None:
    before = press.secret("room", "flexi-16", "anne")
    with press.house.book() as db:
        feed, after = feeds.rotate(db, 1, by=press.house.actors["anne"], now=press.house.now)
        assert feed.rotated_at == press.house.now
    assert press.read(after)
    with pytest.raises(NotFoundError):
        press.read(before)


def test_a_feed_that_is_taken_back_leads_nowhere_and_stays_so(press: Press) -> None:
    secret = press.secret("room", "flexi-16", "anne")
    actor, now = press.house.actors["anne"], press.house.now
    with press.house.book() as db:
        feeds.revoke(db, 1, by=actor, now=now)
    with pytest.raises(NotFoundError, match="There is no such calendar"):
        press.read(secret)
    for change in (feeds.revoke, feeds.rotate):
        with press.house.book() as db, pytest.raises(CreneauError, match="revoked"):
            change(db, 1, by=actor, now=now)


def test_only_who_made_it_or_a_coordinator_may_change_it(press: Press) -> None:
    press.secret("room", "flexi-16", "anne")
    for change in (feeds.rotate, feeds.revoke):
        with press.house.book() as db, pytest.raises(NotFoundError):
            change(db, 1, by=press.house.actors["basile"], now=press.house.now)
    with press.house.book() as db:
        feeds.revoke(db, 1, by=press.house.actors["claire"], now=press.house.now)


def test_nobody_has_more_feeds_than_anybody_needs(press: Press, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feeds, "MOST_OF_ONE_PERSON", 2)
    for _ in range(2):
        press.secret("room", "flexi-16", "anne")
    with pytest.raises(CreneauError) as refused:
        press.secret("room", "flexi-16", "anne")
    assert refused.value.code == "too_many_feeds"
    assert press.secret("room", "flexi-16", "basile")


def test_a_calendar_is_called_as_its_label_says_or_by_what_it_is_of(press: Press) -> None:
    named = press.read(press.secret("room", "flexi-16", label="Ma salle\r\nX-EVIL:1"))
    assert b"\r\nX-WR-CALNAME:Ma salle X-EVIL:1\r\n" in named
    assert b"\r\nNAME:Flexi 16 \xe2\x80\x93 Atelier Canop" in press.read(press.secret("room", "flexi-16"))


def test_a_feed_reaches_back_four_hundred_days_and_its_tag_knows(press: Press) -> None:
    press.house.confirmed("flexi-16")
    press.publish()
    secret = press.secret("room", "flexi-16")
    press.house.passes(days=400)
    assert len(events(press.read(secret))) == 1
    tag = press.tag(secret)
    press.house.passes(days=45)
    assert events(press.read(secret)) == []
    assert press.tag(secret) != tag


def test_what_changes_is_another_tag_and_what_does_not_is_the_same(press: Press) -> None:
    id_ = press.house.confirmed("flexi-16")
    press.publish()
    secrets = [press.secret("room", "flexi-16", scope=scope) for scope in ("full", "busy")]
    tags = [press.tag(secret) for secret in secrets]
    assert len(set(tags)) == 2
    press.house.passes(hours=3)
    assert [press.tag(secret) for secret in secrets] == tags
    press.house.change(id_, title="Autre")
    press.publish()
    assert not set(tags) & {press.tag(secret) for secret in secrets}


def test_the_tag_is_that_of_what_was_read_though_it_changed_meanwhile(press: Press) -> None:
    press.house.confirmed("flexi-16")
    press.publish()
    secret = press.secret("room", "flexi-16")
    with press.house.book() as db:
        found = reading.find(db, secret, now=press.house.now)
    press.house.confirmed("flexi-16", at=slot(14, 16))
    press.publish()
    with press.house.book() as db:
        read, body = reading.content(db, found)
    assert len(events(body)) == 2
    assert read.tag == press.tag(secret) != found.tag


def test_a_feed_in_a_program_that_asks_again_says_how_often(press: Press) -> None:
    read = press.read(press.secret("site"))
    for line in (b"METHOD:PUBLISH", b"REFRESH-INTERVAL;VALUE=DURATION:PT1H", b"X-PUBLISHED-TTL:PT1H"):
        assert b"\r\n" + line + b"\r\n" in read
    assert read.count(b"BEGIN:VTIMEZONE") == 1


def test_a_series_in_another_zone_brings_its_zone(press: Press) -> None:
    press.house.series("FREQ=WEEKLY;COUNT=3", "flexi-16")
    press.house.decide()
    press.house.rows("UPDATE series SET zone = 'America/Miquelon' RETURNING id")
    assert press.feed("site").count(b"BEGIN:VTIMEZONE") == 2
