"""What policies refer to and is nowhere laid down: groups of people, and layouts that no room has."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

WHO = ("who_may_book", "who_may_request", "who_may_exceed", "book_for_others")


def loose_ends(policies: Collection[tuple[str, Mapping[str, Any]]], groups: Collection[str]) -> Iterator[str]:
    """A few words for each, in the order of the policies, which have a name each.

    They may be right, for what comes next: a policy may be set before the group that it names is made.
    """
    layouts = {"*"}.union(*(body.get("layouts", ()) for _, body in policies))
    for name, body in policies:
        named = {who.removeprefix("group:") for knob in WHO for who in body.get(knob, ()) if who.startswith("group:")}
        yield from (f"{name}: no group {group}" for group in sorted(named.difference(groups)))
        meant = {way[end] for way in body.get("transitions", ()) for end in ("from_layout", "to_layout")}
        yield from (f"{name}: no layout {layout}" for layout in sorted(meant - layouts))
