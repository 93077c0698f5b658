"""What calendar programs find under /dav: oneself, one's home, its calendars, and what may be done with them."""

from sqlalchemy import text

from tests.calendars.dav.speaking import Dav, Multistatus, clark, propfind


def test_the_well_known_address_leads_to_the_root(dav: Dav) -> None:
    for method in ("GET", "PROPFIND", "OPTIONS"):
        for path in ("/.well-known/caldav", "/.well-known/caldav/"):
            answer = dav.call(method, path, who="")
            assert (answer.status_code, answer.headers["location"]) == (301, "/dav/"), (method, path)


def test_every_folder_says_who_one_is(dav: Dav) -> None:
    for path in ("/", "/principals/", "/dav", "/dav/", "/dav/principals/", "/dav/calendars/"):
        [(href, folder)] = dav.propfind(path, "D:current-user-principal", "D:resourcetype").items()
        assert href.rstrip("/") == path.rstrip("/")
        assert folder.href("D:current-user-principal") == f"/dav/principals/{dav.person()}/"
        assert folder.names("D:resourcetype") == {clark("D:collection")}


def test_one_is_led_from_oneself_to_ones_calendars(dav: Dav) -> None:
    principal = f"/dav/principals/{dav.person()}/"
    me = dav.propfind(principal, "C:calendar-home-set", "C:calendar-user-address-set", "D:principal-URL")[principal]
    assert me.href("C:calendar-home-set") == dav.home()
    assert me.href("C:calendar-user-address-set") == "mailto:anne@example.org"
    assert me.href("D:principal-URL") == principal
    home = dav.propfind(dav.home(), "D:resourcetype", "D:displayname", depth=1)
    calendars = {
        p: c.text("D:displayname") for p, c in home.items() if clark("C:calendar") in c.names("D:resourcetype")
    }
    assert calendars == {
        dav.agenda(): "Mon agenda",
        dav.room("escapelab"): "EscapeLAB",
        dav.room("espace-ouvert"): "Espace ouvert",
        dav.room("flexi-16"): "Flexi 16",
        dav.room("flexi-19"): "Flexi 19",
        dav.room("flexi-36"): "Flexi 36",
    }
    assert home.keys() - calendars.keys() == {dav.home()}


def test_the_folders_lead_to_what_is_in_them(dav: Dav) -> None:
    for folder, inside in {
        "/dav/": {"/dav/principals/", "/dav/calendars/"},
        "/dav/principals/": {f"/dav/principals/{dav.person()}/"},
        "/dav/calendars/": {dav.home()},
    }.items():
        assert dav.propfind(folder, "D:resourcetype", depth=1).keys() == inside | {folder}


def test_a_calendar_says_what_it_holds_and_that_it_is_read_only(dav: Dav) -> None:
    room = dav.propfind(
        dav.room(),
        *("D:current-user-privilege-set", "D:supported-report-set", "C:supported-calendar-component-set"),
        *("A:calendar-color", "C:calendar-timezone", "C:schedule-calendar-transp", "D:owner", "C:max-resource-size"),
    )[dav.room()]
    privileges = room.names("D:current-user-privilege-set") - {clark("D:privilege")}
    assert privileges == {clark("D:read"), clark("C:read-free-busy"), clark("D:read-current-user-privilege-set")}
    reports = {"D:sync-collection", "C:calendar-query", "C:calendar-multiget", "C:free-busy-query"}
    assert {clark(name) for name in reports} <= room.names("D:supported-report-set")
    [component] = room.found[clark("C:supported-calendar-component-set")]
    assert component.get("name") == "VEVENT"
    assert room.text("A:calendar-color").startswith("#")
    assert "TZID:Europe/Paris" in room.text("C:calendar-timezone")
    assert int(room.text("C:max-resource-size")) > 0
    assert room.href("D:owner") == f"/dav/principals/{dav.person()}/"
    # what happens in a room does not make its reader busy, one's own agenda does
    assert room.names("C:schedule-calendar-transp") == {clark("C:transparent")}
    agenda = dav.propfind(dav.agenda(), "C:schedule-calendar-transp")[dav.agenda()]
    assert agenda.names("C:schedule-calendar-transp") == {clark("C:opaque")}


def test_what_there_is_not_is_said_unless_it_is_not_to_be(dav: Dav) -> None:
    names = ("D:displayname", "D:quota-used-bytes", "C:schedule-inbox-URL")
    home = dav.propfind(dav.home(), *names)[dav.home()]
    assert home.other == {clark("D:quota-used-bytes"): 404, clark("C:schedule-inbox-URL"): 404}
    for header in ({"prefer": "return=minimal"}, {"brief": "t"}):
        brief = dav.propfind(dav.home(), *names, **header)[dav.home()]
        assert (brief.other, brief.text("D:displayname")) == ({}, "Anne")


def test_somebody_elses_property_comes_back_under_its_own_name(dav: Dav) -> None:
    body = '<propfind xmlns="DAV:"><prop><bulk xmlns="http://me.com/&amp;/"/><bare xmlns=""/></prop></propfind>'
    [home] = Multistatus(dav.call("PROPFIND", dav.home(), body, depth=0)).values()
    assert home.other == {"{http://me.com/&/}bulk": 404, "bare": 404}


def test_all_and_the_names_of_all(dav: Dav) -> None:
    everything = '<D:propfind xmlns:D="DAV:"><D:allprop/></D:propfind>'
    for body in ("", everything):
        [room] = Multistatus(dav.call("PROPFIND", dav.room(), body, depth=0)).values()
        assert room.found.keys() == {clark("D:displayname"), clark("D:resourcetype")}
    including = everything.replace("<D:allprop/>", "<D:allprop/><D:include><D:sync-token/></D:include>")
    [room] = Multistatus(dav.call("PROPFIND", dav.room(), including, depth=0)).values()
    assert room.text("D:sync-token")
    names = '<D:propfind xmlns:D="DAV:"><D:propname/></D:propfind>'
    [room] = Multistatus(dav.call("PROPFIND", dav.room(), names, depth=0)).values()
    assert {clark("D:sync-token"), clark("A:calendar-color")} <= room.found.keys()
    assert not any(one.text or len(one) for one in room.found.values())


def test_options_says_what_is_spoken_and_allowed(dav: Dav) -> None:
    for path in ("/", "/dav/", dav.home(), dav.room(), f"{dav.room()}1.ics"):
        answer = dav.call("OPTIONS", path)
        assert answer.status_code == 200
        assert {"1", "3", "calendar-access"} <= set(answer.headers["dav"].split(", "))
        assert {"PROPFIND", "REPORT"} <= set(answer.headers["allow"].split(", "))
        assert not {"PUT", "DELETE", "MKCALENDAR"} & set(answer.headers["allow"].split(", "))


def test_a_calendar_without_its_last_slash_is_the_same(dav: Dav) -> None:
    assert dav.propfind(dav.room().rstrip("/"), "D:displayname").keys() == {dav.room()}


def test_a_browser_is_told_what_this_is(dav: Dav) -> None:
    for path in ("/dav/", dav.home(), dav.room()):
        answer = dav.call("GET", path)
        assert (answer.status_code, answer.headers["content-type"]) == (200, "text/plain; charset=utf-8")
        assert "CalDAV" in answer.text


def test_properties_are_expanded_as_far_as_there_are_any(dav: Dav) -> None:
    """What macOS asks of oneself: whose calendars one may see besides."""
    body = """<A:expand-property xmlns:A="DAV:">
        <A:property name="calendar-proxy-read-for" namespace="http://calendarserver.org/ns/">
          <A:property name="displayname"/></A:property>
        <A:property name="displayname"/></A:expand-property>"""
    path = f"/dav/principals/{dav.person()}/"
    me = dav.report(path, body, depth=0)[path]
    assert (me.text("D:displayname"), me.other) == ("Anne", {clark("CS:calendar-proxy-read-for"): 404})


def test_the_agenda_is_called_as_its_reader_speaks(dav: Dav) -> None:
    with dav.house.book() as db:
        db.execute(text("UPDATE person SET language = 'en', name = '' WHERE address LIKE 'anne@%'"))
    assert dav.propfind(dav.agenda(), "D:displayname")[dav.agenda()].text("D:displayname") == "My agenda"
    assert dav.propfind(dav.home(), "D:displayname")[dav.home()].text("D:displayname") == "anne@example.org"


def test_a_name_may_be_anything(dav: Dav) -> None:
    with dav.house.book() as db:
        db.execute(text("UPDATE person SET name = E'<Anne> & \\x01\\x0bco ]]>' WHERE address LIKE 'anne@%'"))
    assert dav.propfind(dav.home(), "D:displayname")[dav.home()].text("D:displayname") == "<Anne> & co ]]>"


def test_nothing_of_it_is_in_the_document_of_the_api(dav: Dav) -> None:
    token = dav.house.tokens["anne"]
    document = dav.client.get("/api/openapi.json", headers={"Authorization": f"Bearer {token}"}).json()
    assert not [path for path in document["paths"] if "dav" in path]


def test_propfind_asks_with_a_propfind(dav: Dav) -> None:
    assert dav.call("PROPFIND", dav.home(), propfind().replace("propfind", "propfound"), depth=0).status_code == 400
