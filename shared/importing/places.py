"""Which rooms and things of a house a line of a file names, as people write them."""

import re
from collections.abc import Iterable, Sequence
from difflib import get_close_matches

from shared.domain.policy import Layout
from shared.house import House
from shared.importing.entries import Entry
from shared.importing.files import Kind
from shared.records.lines import Booking
from shared.records.reasons import UnreadableError, reason
from shared.records.report import Verdict
from shared.records.words import plain
from shared.store.places import Resource, with_parts

# as our own export writes it: '12 x Tablettes', with the sign or the letter
_SEVERAL = re.compile("([1-9][0-9]{0,2}) ?[x\N{MULTIPLICATION SIGN}] ?(.+)", re.IGNORECASE)


class Places:
    """The rooms, trainers and things of a house by their slugs and names, whatever the accents and capitals."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._by_name = _by_name(house.resources.values())

    def match(self, entry: Entry, kind: Kind) -> None:
        """Say which rooms the line is about; or end it, where it names none of the house."""
        if kind == "calendar" and not entry.booking.rooms:
            entry.end(Verdict.SKIPPED, reason("nowhere"))
            return
        try:
            entry.places = self._named(entry.booking)
        except UnreadableError as error:
            entry.end(Verdict.REFUSED, error.reason)
            return
        entry.resource_ids = with_parts(resource for resource, _ in entry.places)

    def layout(self, text: str, resources: Sequence[Resource]) -> str:
        """The slug of the layout that is meant, if all the rooms that have layouts have it; else nothing."""
        layouts = [layouts for r in resources if (layouts := self._house.wanted(r.id).policy.layouts)]
        if not text or not layouts:
            return ""
        common = [slug for slug in layouts[0] if all(slug in others for others in layouts)]
        return next((slug for slug in common if plain(text) in _names(slug, layouts[0][slug])), "")

    def _named(self, booking: Booking) -> list[tuple[Resource, int]]:
        """What is asked for, and of each how many; raises UnreadableError."""
        whole = self._by_name.get(plain(booking.place))
        if whole is not None:
            return [(whole, 1)]
        if not booking.rooms:
            example = next((resource.name for resource in self._house.rooms()), "")
            raise UnreadableError("no_room", name=example)
        return [self._called(name) for name in booking.rooms]

    def _called(self, name: str) -> tuple[Resource, int]:
        found = self._by_name.get(plain(name))
        if found is not None:
            return found, 1
        several = _SEVERAL.fullmatch(name)
        thing = self._by_name.get(plain(several[2])) if several else None
        if several and thing and thing.kind == "equipment":
            return thing, int(several[1])
        near = get_close_matches(plain(name), self._by_name, n=1)
        if near:
            raise UnreadableError("unknown_room_near", text=name, near=self._by_name[near[0]].name)
        raise UnreadableError("unknown_room", text=name)


def _by_name(resources: Iterable[Resource]) -> dict[str, Resource]:
    """A slug is one's own; a name that two have is nobody's."""
    by_name: dict[str, list[Resource]] = {}
    for resource in resources:
        by_name.setdefault(plain(resource.name), []).append(resource)
    by_slug = {plain(resource.slug): resource for resource in resources}
    return {name: found[0] for name, found in by_name.items() if len(found) == 1} | by_slug


def _names(slug: str, layout: Layout) -> set[str]:
    return {plain(slug), plain(layout.name), plain(layout.name_en)}
