"""What random histories are made of: few hours, few rooms and few people, so that wishes meet."""

from hypothesis import strategies as st

from shared.domain.slots import Slot
from tests.house import slot
from tests.state.laws import ROOMS, Laws
from tests.state.taken import Wish, with_parts


def lasting(start: float, length: float, day: int) -> Slot:
    return slot(start, start + length, day=day)


people = st.sampled_from(("anne", "basile", "claire"))
crowds = st.sampled_from((0, 5, 8, 15))
if_taken = st.sampled_from(("refuse", "wait", "wait"))
batches = st.sampled_from((1, 2, 500))
decided = st.sampled_from((None, 1, 2, 500, 500))
slots = st.builds(
    lasting,
    st.sampled_from((9, 9.5, 10, 11, 12)),
    st.sampled_from((1, 2)),
    st.sampled_from((0, 0, 0, 1, 7)),
)
some_rooms = st.sets(st.sampled_from(ROOMS), min_size=1, max_size=2).map(lambda rooms: with_parts(*rooms))


@st.composite
def wishes(draw: st.DrawFn) -> Wish:
    tablets = draw(st.sampled_from((0, 0, 1, 2)))
    rooms = frozenset() if tablets and draw(st.booleans()) else draw(some_rooms)
    layout = draw(st.sampled_from(("", "islands"))) if rooms else ""
    return Wish(draw(slots), rooms, draw(crowds), layout, tablets)


@st.composite
def laws(draw: st.DrawFn) -> Laws:
    """What a house may lay down; each law is in force in about half of the histories."""
    return Laws(
        on_request=draw(st.sampled_from((frozenset(), frozenset({"flexi-19"}), frozenset({"flexi-19", "flexi-36"})))),
        offering=draw(st.sampled_from((frozenset(), frozenset({"flexi-16", "flexi-19"})))),
        without_line=draw(st.sampled_from((frozenset(), frozenset({"flexi-36"})))),
        building_limit=draw(st.sampled_from((None, 14))),
        hours_per_week=draw(st.sampled_from((None, 5))),
        organisation_hours=draw(st.sampled_from((None, 7))),
        open_requests=draw(st.sampled_from((None, 4))),
        concurrent=draw(st.sampled_from((None, 1))),
        setup=draw(st.sampled_from((0, 15))),
        clearing=draw(st.sampled_from((0, 15))),
        changes=draw(st.sampled_from(((), (("rows", "islands", 30), ("islands", "rows", 60))))),
        unanswered=draw(st.sampled_from(("expire", "expire", "confirm"))),
    )
