"""What is remembered of composed bodies is bounded, and the least used goes first."""

from services.calendars.bodies import Bodies, remembered


def test_a_body_is_made_once() -> None:
    bodies, made = Bodies(100), []

    def make() -> bytes:
        made.append(1)
        return b"body"

    assert [remembered(bodies, "tag", make) for _ in range(3)] == [b"body"] * 3
    assert len(made) == 1


def test_the_least_used_goes_when_they_are_too_many() -> None:
    bodies = Bodies(100)
    for tag in "abcd":
        bodies.keep(tag, b"x" * 25)
    assert bodies.get("a")
    bodies.keep("e", b"x" * 25)
    assert [tag for tag in "abcde" if bodies.get(tag)] == ["a", "c", "d", "e"]
    assert bodies.held == 100


def test_one_that_would_push_out_all_others_is_not_kept() -> None:
    bodies = Bodies(100)
    bodies.keep("a", b"x" * 26)
    assert bodies.get("a") is None
    assert bodies.held == 0


def test_the_same_tag_is_counted_once() -> None:
    bodies = Bodies(100)
    for _ in range(10):
        bodies.keep("a", b"x" * 20)
    assert bodies.held == 20
