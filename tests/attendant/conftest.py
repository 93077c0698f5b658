"""Calendars beside the house."""

import pytest

from tests.attendant.organizers import Calendars
from tests.house import House


@pytest.fixture
def calendars(house: House) -> Calendars:
    return Calendars(house)
