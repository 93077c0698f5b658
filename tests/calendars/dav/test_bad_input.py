"""What nobody's calendar sends: bombs, nonsense, too much of everything, and paths that lead elsewhere."""

import time

import pytest
from sqlalchemy.exc import OperationalError

from services.calendars.dav import reading, reports
from tests.calendars.dav.speaking import DECLARED, Dav, multiget, prop, propfind, query, sync

BOMB = """<?xml version="1.0"?><!DOCTYPE bomb [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">
<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;"><!ENTITY d "&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;">]>
<D:propfind xmlns:D="DAV:"><D:prop><D:displayname>&d;</D:displayname></D:prop></D:propfind>"""
OUTSIDE = """<?xml version="1.0"?><!DOCTYPE x [<!ENTITY file SYSTEM "file:///etc/hostname">]>
<D:propfind xmlns:D="DAV:"><D:prop><D:displayname>&file;</D:displayname></D:prop></D:propfind>"""


NO_XML = (
    "<",
    "no XML at all",
    "<D:propfind/>",
    "<a></b>",
    "{}",
    BOMB,
    OUTSIDE,
    "<!DOCTYPE html><html/>",
    "<a>" * 1_000 + "</a>" * 1_000,
    f'<D:propfind xmlns:D="DAV:">{"<D:prop/>" * 30_000}</D:propfind>',
    b"\xff\xfe\x00",
    b"\x00",
    b'<?xml version="1.0" encoding="utf-7"?><a/>',
    b'<?xml version="1.0" encoding="no-such"?><a/>',
    b'<D:propfind xmlns:D="DAV:"><D:prop>\xe9</D:prop></D:propfind>',
)


def test_what_is_no_xml_is_refused_at_once(dav: Dav) -> None:
    for body in NO_XML:
        for method in ("PROPFIND", "REPORT", "PROPPATCH"):
            began = time.perf_counter()
            answer = dav.call(method, dav.room(), body, depth=1)
            assert answer.status_code == 400, (method, body[:100], answer.text)
            assert time.perf_counter() - began < 2


def test_a_body_has_a_megabyte_at_most(dav: Dav) -> None:
    for body in (b" " * (reading.MOST_BYTES + 1), propfind() + " " * reading.MOST_BYTES, b" " * 3_000_000):
        for method in ("PROPFIND", "REPORT", "PUT"):
            assert dav.call(method, dav.room(), body, depth=0).status_code == 413


def test_bounds_on_how_much_is_asked_for(dav: Dav) -> None:
    names = "".join(f'<x:n{n} xmlns:x="urn:x"/>' for n in range(reading.MOST_PROPERTIES + 1))
    many_names = propfind().replace("<D:prop>", f"<D:prop>{names}")
    assert dav.call("PROPFIND", dav.home(), many_names, depth=1).status_code == 403
    many_paths = multiget(*(f"{dav.room()}{n}.ics" for n in range(reports.MOST_HREFS + 1)))
    answer = dav.call("REPORT", dav.room(), many_paths, depth=1)
    assert (answer.status_code, "number-of-matches-within-limits" in answer.text) == (403, True)
    fewer = dav.report(dav.room(), multiget(*(f"{dav.room()}{n}.ics" for n in range(1, reports.MOST_HREFS + 1))))
    assert {one.status for one in fewer.values()} == {404}


def test_a_depth_that_does_not_exist(dav: Dav) -> None:
    for depth in ("2", "-1", "one", "", "0, 1", "é"):
        for method, body in (("PROPFIND", propfind("D:displayname")), ("REPORT", query())):
            headers = {"Depth": depth.encode()}
            auth = ("anne", dav.house.tokens["anne"])
            answer = dav.client.request(method, dav.room(), content=body, headers=headers, auth=auth)
            assert answer.status_code == 400, (method, depth)


def test_nobody_gets_the_whole_tree_at_once(dav: Dav) -> None:
    for headers in ({"depth": "infinity"}, {"depth": "Infinity"}, {}):
        answer = dav.call("PROPFIND", dav.home(), propfind("D:displayname"), **headers)
        assert (answer.status_code, "<D:propfind-finite-depth/>" in answer.text) == (403, True)


UNKNOWN_REPORTS = (
    "<D:version-tree xmlns:D='DAV:'/>",
    "<D:principal-property-search xmlns:D='DAV:'/>",
    "<calendar-query xmlns='DAV:'/>",
    "<calendar-query/>",
    "<C:calendar-query-x xmlns:C='urn:ietf:params:xml:ns:caldav'/>",
)


def test_a_report_that_is_not_known(dav: Dav) -> None:
    for report in UNKNOWN_REPORTS:
        for path in ("/dav/", dav.home(), dav.room()):
            answer = dav.call("REPORT", path, report, depth=1)
            assert (answer.status_code, "<D:supported-report/>" in answer.text) == (403, True), (report, path)


def test_reports_on_calendars_are_for_calendars(dav: Dav) -> None:
    for path in ("/dav/", dav.home(), f"/dav/principals/{dav.person()}/"):
        for body in (query(), multiget("x"), sync()):
            assert dav.call("REPORT", path, body, depth=1).status_code == 403, path
    assert dav.call("REPORT", dav.room(), "", depth=1).status_code == 400


NOWHERE = (
    "{home}nowhere/",
    "{home}room-nowhere/",
    "{home}room-flexi-16/1.ics/x",
    "{home}room-flexi-16/0.ics",
    "{home}room-flexi-16/01.ics",
    "{home}room-flexi-16/-1.ics",
    "{home}room-flexi-16/1.ICS",
    "{home}room-flexi-16/1",
    "{home}room-flexi-16/99999999999999999999.ics",
    "{home}room-flexi-16/999999999999999999.ics",
    "{home}room-flexi-16//1.ics",
    "{home}room-flexi-16/%2e%2e/room-flexi-16/1.ics",
    "{home}room-flexi-16/1.ics%00",
    "{home}room-flexi-16/1.ics%0d%0aX-Header: x",
    "{home}../../etc/passwd",
    "{home}%2Fagenda/",
    "{home}room-flexi-16%00/",
    "{home}room-flexi-16/%F0%9F%92%A9.ics",
    "{home}room-flexi-16/%ff.ics",
    "{home}agenda/1.ics'; DROP TABLE calendar; --",
    "/dav/calendars/0/",
    "/dav/calendars/1x/",
    "/dav/calendars//1/",
    "/dav/principals/99/",
    "/dav/x",
)


def test_paths_that_lead_nowhere(dav: Dav) -> None:
    dav.house.confirmed("flexi-16")
    dav.publish()
    for path in NOWHERE:
        place = path.format(home=dav.home())
        for method, body in (("GET", ""), ("PROPFIND", ""), ("REPORT", query()), ("HEAD", "")):
            assert dav.call(method, place, body, depth=0).status_code == 404, (method, place)


def test_nonsense_in_an_expansion(dav: Dav) -> None:
    for attributes in ("", "name='&lt;x'", "name='x y'", "name='1'", "name='x&gt;&lt;y'", "name='x' namespace='{}'"):
        body = f"<D:expand-property {DECLARED}><D:property {attributes}/></D:expand-property>"
        assert dav.call("REPORT", dav.home(), body, depth=0).status_code == 400, attributes
    many = "".join(f"<D:property name='x{n}'/>" for n in range(reading.MOST_PROPERTIES + 1))
    body = f"<D:expand-property {DECLARED}>{many}</D:expand-property>"
    assert dav.call("REPORT", dav.home(), body, depth=0).status_code == 400
    strange = f"<D:expand-property {DECLARED}><D:property name='x' namespace='&lt;&quot;'/></D:expand-property>"
    assert dav.report(dav.home(), strange, depth=0)[dav.home()].other == {'{<"}x': 404}


def test_a_condition_that_is_no_etag(dav: Dav) -> None:
    dav.house.confirmed("flexi-16")
    dav.publish()
    for header in ("", ",", '"x"', "é", "W/", '"1', "x" * 5_000):
        auth = ("anne", dav.house.tokens["anne"])
        answer = dav.client.get(f"{dav.room()}1.ics", headers={"If-None-Match": header.encode()}, auth=auth)
        assert answer.status_code == 200, header


def test_a_query_asks_for_properties_even_when_it_names_none(dav: Dav) -> None:
    dav.house.confirmed("flexi-16")
    dav.publish()
    for asked in ("", prop()):
        body = query().replace(prop("D:getetag"), asked)
        assert f"{dav.room()}1.ics" in dav.report(dav.room(), body)


def test_a_database_that_is_away_is_said_so(dav: Dav, monkeypatch: pytest.MonkeyPatch) -> None:
    """And not half an answer, which programs would take for an empty calendar."""
    dav.house.confirmed("flexi-16")
    dav.publish()

    def away(*_: object, **__: object) -> None:
        raise OperationalError("SELECT", {}, Exception("away"))

    monkeypatch.setattr(reports, "entries", away)
    monkeypatch.setattr(reports, "changes", away)
    assert dav.call("PROPFIND", dav.room(), propfind("D:getetag"), depth=1).status_code == 503
    for body in (query(), sync(), multiget(f"{dav.room()}1.ics")):
        assert dav.call("REPORT", dav.room(), body, depth=1).status_code == 503
