"""caldav-server-tester: what it finds out about us, word by word; most of what it knows is about writing."""

from collections.abc import Iterator

import caldav
import pytest
from caldav_server_tester.checker import ServerQuirkChecker

from tests.calendars.dav.speaking import Dav
from tests.house import slot

# Its other checks put entries of their own into a calendar, and stop where that is refused; those that follow find out
# about reading alone. On 127.0.0.1 it does not look for /.well-known/caldav.
CHECKS = (
    *("CheckGetCurrentUserPrincipal", "CheckWWWAuthenticate", "CheckPropfindAllprop", "CheckNonExistingResource"),
    *("CheckSupportedComponentSet", "CheckSearch", "CheckFreeBusyQuery", "CheckScheduling", "CheckMakeDeleteCalendar"),
)
FOUND = {
    "auth.www-authenticate": "full",
    "auth.www-authenticate.usable-scheme": "full",
    "get-current-user-principal": "full",
    "get-current-user-principal.has-calendar": "full",
    "propfind": "full",
    "propfind.allprop": "full",
    "propfind.allprop.resourcetype": "full",
    "propfind.displayname": "full",
    "propfind.principal-depth-1": "full",
    "non-existing-raises-not-found.collection": "full",
    "non-existing-raises-not-found.object": "full",
    "search.comp-type": "full",
    "search.comp-type.optional": "full",
    "freebusy-query": "full",
    # and what is not done here
    "create-calendar": "unsupported",
    "create-calendar.auto": "unsupported",
    "scheduling": "unsupported",
}


@pytest.fixture
def client(dav: Dav) -> Iterator[caldav.DAVClient]:
    with caldav.DAVClient(
        url=str(dav.client.base_url), username=dav.house.addresses["anne"], password=dav.house.tokens["anne"]
    ) as client:
        yield client


def test_what_caldav_server_tester_finds(dav: Dav, client: caldav.DAVClient) -> None:
    dav.house.confirmed("flexi-16")
    dav.house.confirmed("flexi-16", at=slot(13, 14))
    dav.publish()
    found: dict[str, str] = {}
    for check in CHECKS:
        tester = ServerQuirkChecker(client)
        tester.expected_features.set_feature("test-calendar.compatibility-tests", {"name": "Flexi 16"})
        tester.check_one(check)
        features = tester.features_checked.dotted_feature_set_list(compact=False)
        found |= {name: str(feature.get("support", "full")) for name, feature in features.items()}
    assert {name: found.get(name) for name in FOUND} == FOUND
    assert len(dav.entries(dav.room())) == 2
