"""Who sees how much: coordinators and whoever asked, all; colleagues, what it is called; partners, when."""

from tests.calendars.dav.speaking import Dav
from tests.house import slot

SECRET = "Code du placard : 4711"


def seen(dav: Dav, path: str, who: str) -> str:
    """All that is in a calendar, unfolded."""
    return "".join(dav.entries(path, who).values()).replace("\n ", "")


def test_whoever_asked_and_coordinators_see_all_of_it(dav: Dav) -> None:
    dav.house.confirmed("flexi-16", title="Conseil", note=SECRET)
    dav.publish()
    for who in ("anne", "claire"):
        said = seen(dav, dav.room(who=who), who)
        assert ("Conseil" in said, SECRET in said) == (True, True), who


def test_colleagues_see_what_it_is_called_and_not_what_is_said_of_it(dav: Dav) -> None:
    dav.house.confirmed("flexi-16", title="Conseil", note=f"{SECRET}\n{'et une longue explication ' * 9}")
    dav.publish()
    said = seen(dav, dav.room(who="basile"), "basile")
    assert "SUMMARY:Conseil\n" in said
    assert "LOCATION:Flexi 16" in said
    assert "DESCRIPTION" not in said
    assert "4711" not in said
    assert "explication" not in said


def test_partners_see_when_and_no_more(dav: Dav) -> None:
    dav.house.confirmed("flexi-16", title="Conseil", note=SECRET, guests=("pia@example.org",))
    dav.publish()
    said = seen(dav, dav.room(who="pia"), "pia")
    assert "SUMMARY:Occupé\n" in said
    assert "DTSTART;TZID=Europe/Paris:20271108T100000\n" in said
    assert not [word for word in ("Conseil", "4711", "Flexi", "DESCRIPTION", "LOCATION", "Anne") if word in said]
    # but what they are invited to is in their own agenda
    assert "SUMMARY:Conseil\n" in seen(dav, dav.agenda("pia"), "pia")


def test_titles_that_the_house_keeps_are_seen_by_coordinators_and_their_owner_only(dav: Dav) -> None:
    dav.house.rule("room", "flexi-19", titles="coordinators")
    dav.house.confirmed("flexi-19", title="Entretien", note=SECRET)
    dav.house.confirmed("flexi-16", title="Atelier")
    dav.publish()
    assert "SUMMARY:Occupé\n" in seen(dav, dav.room("flexi-19", "basile"), "basile")
    assert "Entretien" not in seen(dav, dav.room("flexi-19", "basile"), "basile")
    assert "SUMMARY:Atelier\n" in seen(dav, dav.room("flexi-16", "basile"), "basile")
    for who in ("anne", "claire"):
        assert "SUMMARY:Entretien\n" in seen(dav, dav.room("flexi-19", who), who)


def test_a_series_of_which_a_date_is_in_a_kept_room_keeps_its_title(dav: Dav) -> None:
    dav.house.rule("room", "flexi-19", titles="coordinators")
    series = dav.house.series("FREQ=WEEKLY;COUNT=3", "flexi-16", title="Entretien")
    dav.house.decide()
    second = dav.house.dates(series)[1]
    dav.house.move(second.id, second.slot, "flexi-19")
    dav.house.decide()
    dav.publish()
    assert "Entretien" not in seen(dav, dav.room("flexi-19", "basile"), "basile")
    assert "SUMMARY:Entretien\n" in seen(dav, dav.room("flexi-19"), "anne")


def test_ones_agenda_holds_what_one_holds_and_attends(dav: Dav) -> None:
    dav.house.confirmed("flexi-16", title="Le mien", note=SECRET)
    dav.house.confirmed("flexi-19", title="Avec moi", who="basile", guests=("anne@example.org",))
    dav.house.confirmed("flexi-36", title="Sans moi", who="basile")
    dav.publish()
    said = seen(dav, dav.agenda(), "anne")
    assert ("Le mien" in said, SECRET in said, "Avec moi" in said, "Sans moi" in said) == (True, True, True, False)


def test_an_etag_tells_apart_what_two_people_see(dav: Dav) -> None:
    dav.house.confirmed("flexi-16")
    dav.publish()
    etags = {dav.call("GET", f"{dav.room(who=who)}1.ics", who=who).headers["etag"] for who in ("anne", "basile", "pia")}
    assert len(etags) == 3


def test_nobody_comes_into_somebody_elses_home(dav: Dav) -> None:
    dav.house.confirmed("flexi-16", at=slot())
    dav.publish()
    for path in (dav.home(), dav.agenda(), dav.room(), f"{dav.agenda()}1.ics", f"/dav/principals/{dav.person()}/"):
        assert dav.call("PROPFIND", path, who="claire", depth=0).status_code == 404, path
        assert dav.call("GET", path, who="claire").status_code == 404, path
