"""A post office beside the house, and ical.js as a second reader."""

import pytest

from tests.house import House
from tests.post_office import PostOffice
from tests.second_opinion import ical_js  # noqa: F401  a fixture: pytest finds it by this name


@pytest.fixture
def post(house: House) -> PostOffice:
    return PostOffice(house)
