"""What is remembered of a house: as it is at each decision, whatever became of the transaction that read it."""

import pytest

from shared.domain.errors import RefusedError
from tests.house import House


def test_a_house_that_was_read_in_a_transaction_that_failed_is_as_good_as_any(house: House) -> None:
    mine = house.confirmed("flexi-16")
    house.rule(cancellation_minutes=60 * 24 * 90)
    with pytest.raises(RefusedError):  # the first who looks at the house since it changed
        house.cancel(mine)
    house.confirmed("flexi-19")
