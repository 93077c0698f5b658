"""A post office beside the house, and ical.js as a second reader."""

import pytest

from tests.house import House
from tests.post_office import PostOffice
from tests.second_opinion import ical_js, ical_js_expands  # noqa: F401  fixtures: pytest finds them by these names


@pytest.fixture
def post(house: House) -> PostOffice:
    return PostOffice(house)
