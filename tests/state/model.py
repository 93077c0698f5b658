"""What should become of reservations: one after the other, in the order of asking, with nothing but a dictionary."""

from dataclasses import dataclass

from shared.domain.slots import Slot

Rooms = frozenset[int]
Wish = tuple[Slot, Rooms]


@dataclass
class Entry:
    """A reservation; `wanted` is the move that waits."""

    asked: Wish
    state: str = "requested"
    wanted: Wish | None = None


class Model:
    """A book that is never in two hands at once."""

    def __init__(self) -> None:
        self.entries: dict[int, Entry] = {}
        self.queue: list[int] = []

    def request(self, id_: int, wish: Wish) -> None:
        self.entries[id_] = Entry(wish)
        self.queue.append(id_)

    def move(self, id_: int, wish: Wish) -> None:
        self._leave_queue(id_)
        entry = self.entries[id_]
        entry.wanted = wish if wish != entry.asked else None
        if entry.wanted:
            self.queue.append(id_)

    def cancel(self, id_: int) -> None:
        self._leave_queue(id_)
        self.entries[id_].state, self.entries[id_].wanted = "cancelled", None

    def decide(self, most: int) -> list[int]:
        """Decide the first ones."""
        decided = self.queue[:most]
        for id_ in decided:
            self._decide(id_)
        return decided

    def with_state(self, *states: str) -> list[int]:
        return [id_ for id_, entry in self.entries.items() if entry.state in states]

    def _decide(self, id_: int) -> None:
        self._leave_queue(id_)
        entry = self.entries[id_]
        is_free = all(self._is_free(id_, *(entry.wanted or entry.asked)))
        if entry.wanted:
            entry.asked, entry.wanted = entry.wanted if is_free else entry.asked, None
        else:
            entry.state = "confirmed" if is_free else "refused"

    def _is_free(self, id_: int, slot: Slot, rooms: Rooms) -> list[bool]:
        others = [e.asked for other, e in self.entries.items() if other != id_ and e.state == "confirmed"]
        return [not (slot.overlaps(taken) and rooms & theirs) for taken, theirs in others]

    def _leave_queue(self, id_: int) -> None:
        if id_ in self.queue:
            self.queue.remove(id_)
