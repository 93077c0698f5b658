"""Everything that would change something is refused so that calendar programs understand, and changes nothing."""

from itertools import product

from tests.calendars.dav.speaking import Dav, Multistatus, clark, sync

EVENT = "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:1\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"


WRITING = ("PUT", "DELETE", "POST", "PATCH", "MKCALENDAR", "MKCOL", "COPY", "MOVE", "LOCK", "UNLOCK", "ACL")


def test_whoever_writes_is_told_that_they_may_not(dav: Dav) -> None:
    dav.house.confirmed("flexi-16")
    dav.publish()
    before = dav.report(dav.room(), sync())
    paths = (f"{dav.room()}1.ics", f"{dav.room()}new.ics", dav.room(), f"{dav.home()}new/", "/dav/")
    for method, path in product(WRITING, paths):
        answer = dav.call(method, path, EVENT, Destination=f"{dav.agenda()}1.ics", If_Match="*")
        assert answer.status_code == 403, (method, path)
        assert "<D:need-privileges>" in answer.text
        assert f"<D:href>{path}</D:href>" in answer.text
    assert dav.report(dav.room(), sync()).sync_token == before.sync_token
    assert "CONFIRMED" in dav.call("GET", f"{dav.room()}1.ics").text


def test_a_program_that_would_like_another_colour_is_told_so_property_by_property(dav: Dav) -> None:
    """What macOS sends when it first shows a calendar; with a 403 for the whole it would not go on."""
    body = """<A:propertyupdate xmlns:A="DAV:" xmlns:D="http://apple.com/ns/ical/">
        <A:set><A:prop><D:calendar-order>3</D:calendar-order></A:prop></A:set>
        <A:set><A:prop><D:calendar-color symbolic-color="red">#FF2968</D:calendar-color></A:prop></A:set>
        <A:remove><A:prop><A:displayname/></A:prop></A:remove></A:propertyupdate>"""
    before = dav.propfind(dav.room(), "A:calendar-color", "D:displayname")[dav.room()]
    answer = Multistatus(dav.call("PROPPATCH", dav.room(), body))
    names = ("A:calendar-order", "A:calendar-color", "D:displayname")
    assert answer[dav.room()].other == {clark(name): 403 for name in names}
    assert "cannot-modify-protected-property" in answer.text
    after = dav.propfind(dav.room(), "A:calendar-color", "D:displayname")[dav.room()]
    assert after.text("A:calendar-color") == before.text("A:calendar-color")
    assert after.text("D:displayname") == "Flexi 16"


def test_a_proppatch_is_a_propertyupdate_of_something(dav: Dav) -> None:
    assert dav.call("PROPPATCH", dav.room(), "<D:prop xmlns:D='DAV:'/>").status_code == 400
    assert dav.call("PROPPATCH", dav.room()).status_code == 400
    update = "<D:propertyupdate xmlns:D='DAV:'/>"
    assert dav.call("PROPPATCH", f"{dav.home()}nowhere/", update).status_code == 404
