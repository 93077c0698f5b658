"""Word by word what calendar programs ask, in their order: from the address that somebody typed to the entries.

From their sources: of DAVx5 DavResourceFinder, ServiceRefresher and CalendarSyncManager; of Thunderbird CalDavProvider,
CalDavCalendar and CalDavRequestHandlers; of Evolution e-cal-backend-caldav.c; and for Apple, what its own server was
tested with (macOS 10.11), with what an iOS was seen to ask first.
"""

import re

from tests.calendars.dav.speaking import DECLARED, Dav, Multistatus, clark, multiget, prop, propfind, sync
from tests.house import slot

DAVX5_BASE = (
    *("D:resourcetype", "D:displayname", "A:calendar-color", "C:calendar-description", "C:calendar-timezone"),
    *("D:current-user-privilege-set", "C:supported-calendar-component-set", "C:calendar-home-set"),
    "D:current-user-principal",
)
DAVX5_COLLECTION = (
    *("D:current-user-privilege-set", "D:displayname", "D:owner", "D:resourcetype", "A:calendar-color"),
    *("C:calendar-description", "C:calendar-timezone", "C:calendar-timezone-id"),
    *("C:supported-calendar-component-set", "CS:source"),
)
# what a program that may write would be told
WRITES = {clark(name) for name in ("D:write", "D:write-content", "D:write-properties", "D:bind", "D:unbind", "D:all")}


def redirected(dav: Dav, path: str, body: str, depth: int = 0) -> Multistatus:
    """As programs do: ask without a password, be asked for one, follow with the same method."""
    where = dav.call("PROPFIND", path, body, who="", depth=depth)
    while where.status_code == 301:
        where = dav.call("PROPFIND", path := where.headers["location"], body, who="", depth=depth)
    assert where.status_code == 401
    assert where.headers["www-authenticate"].startswith("Basic ")
    return Multistatus(dav.call("PROPFIND", path, body, depth=depth))


def test_what_davx5_asks(dav: Dav) -> None:
    dav.house.confirmed("flexi-16")
    series = dav.house.series("FREQ=WEEKLY;COUNT=5", "flexi-16")
    dav.house.decide()
    dav.publish()

    # the account: who is this, do they speak CalDAV there, what is their address, where are the calendars
    [found] = redirected(dav, "/.well-known/caldav", propfind(*DAVX5_BASE)).values()
    principal = found.href("D:current-user-principal")
    assert "calendar-access" in dav.call("OPTIONS", principal).headers["dav"]
    me = dav.propfind(principal, "C:calendar-user-address-set")[principal]
    assert me.href("C:calendar-user-address-set") == "mailto:anne@example.org"
    names = (
        "D:displayname",
        "D:group-membership",
        "D:resourcetype",
        "C:calendar-home-set",
        "CS:calendar-proxy-read-for",
    )
    me = dav.propfind(principal, *names)[principal]
    assert clark("D:principal") in me.names("D:resourcetype")
    home = dav.propfind(me.href("C:calendar-home-set"), *DAVX5_COLLECTION, depth=1)
    room = home[dav.room()]
    assert clark("C:calendar") in room.names("D:resourcetype")
    assert clark("D:read") in room.names("D:current-user-privilege-set")
    assert not WRITES & room.names("D:current-user-privilege-set")
    assert room.href("D:owner") == principal

    # the first synchronisation, by REPORT with Depth: 0, then ten entries at a time
    asked = ("C:max-resource-size", "D:supported-report-set", "CS:getctag", "D:sync-token")
    able = dav.propfind(dav.room(), *asked)[dav.room()]
    assert clark("D:sync-collection") in able.names("D:supported-report-set")
    first = dav.report(dav.room(), sync(names=("D:getetag",)), depth=0)
    assert first.sync_token == able.text("D:sync-token")
    brought = dav.report(dav.room(), multiget(*first, names=("D:getetag", "CS:schedule-tag", "C:calendar-data")))
    assert {path: one.text("D:getetag") for path, one in brought.items()} == {
        path: one.text("D:getetag") for path, one in first.items()
    }
    assert all("BEGIN:VEVENT" in one.text("C:calendar-data") for one in brought.values())

    # the next one
    for date in dav.house.dates(series):
        dav.house.cancel(date.id)
    dav.publish()
    then = dav.report(dav.room(), sync(first.sync_token, names=("D:getetag",)), depth=0)
    [(path, entry)] = then.items()
    assert entry.text("D:getetag") != first[path].text("D:getetag")
    # a token that went stale: it begins anew when it reads this
    stale = dav.call("REPORT", dav.room(), sync("http://example.org/ns/sync/1"), depth=0)
    assert (stale.status_code, "valid-sync-token" in stale.text) == (403, True)


def test_what_davx5_asks_of_who_wants_the_last_months_only(dav: Dav) -> None:
    dav.house.confirmed("flexi-16")
    dav.publish()
    body = f"""<CAL:calendar-query xmlns="DAV:" xmlns:CAL="urn:ietf:params:xml:ns:caldav"><prop><getetag/></prop>
        <CAL:filter><CAL:comp-filter name="VCALENDAR"><CAL:comp-filter name="VEVENT">
        <CAL:time-range start="{slot(day=-90).start:%Y%m%dT%H%M%SZ}"/>
        </CAL:comp-filter></CAL:comp-filter></CAL:filter></CAL:calendar-query>"""
    assert dav.report(dav.room(), body).keys() == {f"{dav.room()}1.ics"}


def test_what_thunderbird_asks(dav: Dav) -> None:
    moved = dav.house.confirmed("flexi-16")
    dav.house.confirmed("flexi-16", at=slot(13, 14))
    dav.publish()

    # the list of calendars: the address that was typed, else the well-known one, else the root
    names = ("D:resourcetype", "D:owner", "D:displayname", "D:current-user-principal", "D:current-user-privilege-set")
    asked = propfind(*names, "A:calendar-color", "C:calendar-home-set")
    for begin in ("/", "/.well-known/caldav", "/dav/"):
        [found] = redirected(dav, begin, asked).values()
        assert not {clark("C:calendar"), clark("D:principal")} & found.names("D:resourcetype")
    principal = found.href("D:current-user-principal")
    me = dav.propfind(principal, "D:resourcetype", "C:calendar-home-set")[principal]
    assert clark("D:principal") in me.names("D:resourcetype")
    home = dav.propfind(
        me.href("C:calendar-home-set"),
        *("D:resourcetype", "D:displayname", "D:current-user-privilege-set", "A:calendar-color"),
        depth=1,
    )
    room = home[dav.room()]
    assert room.text("D:displayname") == "Flexi 16"
    assert re.fullmatch("#[0-9A-F]{6}FF", room.text("A:calendar-color"))
    assert not WRITES & room.names("D:current-user-privilege-set")

    # a calendar: is it one, may it be written, what does its home speak
    found = dav.propfind(
        dav.room(),
        *("D:resourcetype", "D:owner", "D:current-user-principal", "D:current-user-privilege-set"),
        *("D:supported-report-set", "C:supported-calendar-component-set", "CS:getctag"),
    )[dav.room()]
    assert clark("C:calendar") in found.names("D:resourcetype")
    assert clark("D:sync-collection") in found.names("D:supported-report-set")
    features = dav.call("OPTIONS", dav.home()).headers["dav"]
    assert "calendar-schedule" not in features
    assert "calendar-auto-schedule" not in features

    # synchronisation: Depth: 1, by an early draft, and a hundred entries at a time
    body = (
        '<?xml version="1.0" encoding="UTF-8"?>\n<sync-collection xmlns="DAV:">{token}<sync-level>1</sync-level>'
        "<prop><getcontenttype/><getetag/></prop></sync-collection>"
    )
    first = dav.report(dav.room(), body.format(token="<sync-token/>"), Content_Type="text/xml; charset=utf-8")
    assert {one.text("D:getcontenttype")[:13] for one in first.values()} == {"text/calendar"}
    assert first.keys() == dav.report(dav.room(), multiget(*first)).keys()
    dav.house.move(moved, slot(), "flexi-19")
    dav.house.decide()
    dav.publish()
    then = dav.report(dav.room(), body.format(token=f"<sync-token>{first.sync_token}</sync-token>"))
    assert {path: one.status for path, one in then.items()} == {f"{dav.room()}1.ics": 404}


def test_what_apple_calendar_asks(dav: Dav) -> None:
    dav.house.confirmed("flexi-16", title="Atelier")
    dav.publish()

    # the account, at whichever of these answers first
    asked = propfind("D:current-user-principal", "D:principal-URL", "D:resourcetype")
    for begin in ("/.well-known/caldav", "/", "/principals/"):
        [found] = redirected(dav, begin, asked).values()
        assert found.other == {clark("D:principal-URL"): 404}
    principal = found.href("D:current-user-principal")
    assert dav.call("OPTIONS", principal).status_code == 200
    me = dav.propfind(
        principal,
        *("C:calendar-home-set", "C:calendar-user-address-set", "D:current-user-principal", "D:displayname"),
        *("CS:dropbox-home-URL", "CS:email-address-set", "CS:notification-URL", "D:principal-collection-set"),
        *(
            "D:principal-URL",
            "D:resource-id",
            "C:schedule-inbox-URL",
            "C:schedule-outbox-URL",
            "D:supported-report-set",
        ),
        brief="t",
        prefer="return=minimal",
    )[principal]
    assert me.other == {}
    assert me.href("D:principal-URL") == principal
    assert me.found[clark("CS:email-address-set")].findtext(clark("CS:email-address")) == "anne@example.org"
    assert clark("C:schedule-inbox-URL") not in me.found
    expand = f"""<D:expand-property {DECLARED}>
        <D:property name="calendar-proxy-read-for" namespace="http://calendarserver.org/ns/">
        <D:property name="displayname" namespace="DAV:"/></D:property></D:expand-property>"""
    assert dav.report(principal, expand, depth=0)[principal].found == {}
    search = f"<D:principal-search-property-set {DECLARED}/>"
    assert dav.call("REPORT", "/dav/principals/", search, depth=0).status_code == 403

    # the list of calendars, with everything there could be
    home = dav.propfind(
        me.href("C:calendar-home-set"),
        *(
            "D:add-member",
            "CS:allowed-sharing-modes",
            "A:autoprovisioned",
            "A:calendar-color",
            "C:calendar-description",
        ),
        *("C:calendar-free-busy-set", "A:calendar-order", "C:calendar-timezone", "D:current-user-privilege-set"),
        *("D:displayname", "CS:getctag", "CS:invite", "D:owner", "CS:pushkey", "D:quota-used-bytes", "A:refreshrate"),
        *("D:resource-id", "D:resourcetype", "C:schedule-calendar-transp", "CS:source", "CS:subscribed-strip-alarms"),
        *("C:supported-calendar-component-set", "D:supported-report-set", "D:sync-token"),
        depth=1,
        brief="t",
    )
    orders = {
        path: one.text("A:calendar-order") for path, one in home.items() if clark("A:calendar-order") in one.found
    }
    assert (orders[dav.agenda()], len(set(orders.values()))) == ("1", len(orders))
    room = home[dav.room()]
    assert not WRITES & room.names("D:current-user-privilege-set")

    # it would like another colour, and goes on without
    update = """<A:propertyupdate xmlns:A="DAV:"><A:set><A:prop><D:calendar-color
        xmlns:D="http://apple.com/ns/ical/" symbolic-color="blue">#2C27E3FF</D:calendar-color></A:prop></A:set>
        </A:propertyupdate>"""
    told = Multistatus(dav.call("PROPPATCH", dav.room(), update))
    assert told[dav.room()].other == {clark("A:calendar-color"): 403}

    # what there is: by its tokens, or by listing; then the entries
    assert dav.propfind(dav.room(), "CS:getctag", "D:sync-token")[dav.room()].text("CS:getctag") == room.text(
        "CS:getctag"
    )
    listed = dav.propfind(dav.room(), "D:getcontenttype", "D:getetag", depth=1)
    assert listed.keys() == {dav.room(), f"{dav.room()}1.ics"}
    ranged = f"""<B:calendar-query xmlns:B="urn:ietf:params:xml:ns:caldav"><A:prop xmlns:A="DAV:"><A:getetag/>
        <A:getcontenttype/></A:prop><B:filter><B:comp-filter name="VCALENDAR"><B:comp-filter name="VEVENT"><B:time-range
        start="{slot(day=-30).start:%Y%m%dT%H%M%SZ}" end="{slot(day=30).start:%Y%m%dT%H%M%SZ}"/></B:comp-filter>
        </B:comp-filter></B:filter></B:calendar-query>"""
    assert dav.report(dav.room(), ranged).keys() == {f"{dav.room()}1.ics"}
    body = multiget(f"{dav.room()}1.ics").replace(
        prop("D:getetag", "C:calendar-data"), prop("C:calendar-data", "D:getetag")
    )
    [entry] = dav.report(dav.room(), body).values()
    assert "SUMMARY:Atelier" in entry.text("C:calendar-data")


def test_what_evolution_asks(dav: Dav) -> None:
    """GNOME's calendars (Evolution Data Server 3.46): the whole list again whenever the ctag is another one."""
    dav.house.confirmed("flexi-16")
    dav.publish()
    assert dav.call("OPTIONS", dav.room(), who="").status_code == 401
    assert "calendar-access" in dav.call("OPTIONS", dav.room()).headers["dav"]
    privileges = dav.propfind(dav.room(), "D:current-user-privilege-set")[dav.room()]
    assert not WRITES & privileges.names("D:current-user-privilege-set")
    assert dav.propfind(dav.room(), "CS:getctag")[dav.room()].text("CS:getctag")
    query = f"""<C:calendar-query {DECLARED}>{prop("D:getetag")}<C:filter><C:comp-filter name="VCALENDAR"><C:comp-filter
        name="VEVENT"/></C:comp-filter></C:filter></C:calendar-query>"""
    listed = dav.report(dav.room(), query)
    # it looks for the very href that it asked for
    assert dav.report(dav.room(), multiget(*listed)).keys() == listed.keys()
