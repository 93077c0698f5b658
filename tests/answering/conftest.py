"""A post office beside the house, and the mails that come back to it."""

import pytest

from tests.answering.inbound import Answers
from tests.house import House
from tests.post_office import PostOffice


@pytest.fixture
def post(house: House) -> PostOffice:
    return PostOffice(house)


@pytest.fixture
def answers(house: House, post: PostOffice) -> Answers:
    return Answers(house, post)
