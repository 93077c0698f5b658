"""Deciding without taking: what is asked for in a preview is decided as in truth, and gone afterwards."""

from collections.abc import Sequence

from shared import booking
from shared import house as houses
from shared.previewing import preview
from shared.store.reservations import Reservation
from tests.house import House, slot


def previewed(house: House, *resources: str) -> str:
    """What would become of such a request."""
    wish = booking.Wish(by=house.actors["anne"], title="Essai", slot=slot(), resources=resources)
    with house.book() as db:

        def ask() -> Sequence[int]:
            return [id_ for id_ in booking.request(db, [wish], now=house.now) if isinstance(id_, int)]

        def show(ids: Sequence[int]) -> str:
            return db.get_one(Reservation, ids[0]).state.value

        return preview(db, house.site_id, ask, show, now=house.now)


def test_a_preview_takes_nothing(house: House) -> None:
    assert previewed(house, "flexi-16") == "confirmed"
    assert house.rows("SELECT 1 FROM reservation") == []
    house.confirmed("flexi-16")
    assert previewed(house, "flexi-16") == "refused"


def test_what_a_preview_read_of_the_house_is_read_for_good(house: House) -> None:
    """The house is remembered beyond the session that read it, which forgets all that it read when it is undone."""
    houses._remembered.clear()
    previewed(house, "flexi-16")
    assert house.state(house.confirmed("flexi-19")) == "confirmed"
