"""What calendar programs find out about the tree of /dav, and what they may not do there."""

from tests.calendars.dav.speaking import Dav, clark


def test_discovery(dav: Dav) -> None:
    root = dav.propfind("/dav/", "D:current-user-principal")["/dav/"]
    print(root)
    h = dav.propfind(dav.home(), "D:resourcetype", "D:displayname", "CS:getctag", "C:foo", depth=1)
    print(h.text)
    dav.house.confirmed("flexi-16")
    dav.house.series("FREQ=WEEKLY;COUNT=5", "flexi-16")
    dav.house.decide()
    dav.publish()
    print(dav.entries(dav.room()))
    print(dav.entries(dav.room(), "basile"))
    print(dav.entries(dav.room(who="pia"), "pia"))
    assert 0
