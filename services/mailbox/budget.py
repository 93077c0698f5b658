"""How much of mails that are on their way may be in memory, all connections together."""

from collections.abc import Iterator
from contextlib import contextmanager


class Budget:
    """So many bytes; whoever wants more than is left has to come again."""

    def __init__(self, most: int) -> None:
        self._left = most

    @contextmanager
    def share(self) -> Iterator["Share"]:
        """A part of it that grows with a mail, given back in the end."""
        share = Share(self)
        try:
            yield share
        finally:
            share.end()

    def take(self, size: int) -> bool:
        if size > self._left:
            return False
        self._left -= size
        return True

    def give_back(self, size: int) -> None:
        self._left += size


class Share:
    """What one mail has of it."""

    def __init__(self, budget: Budget) -> None:
        self._budget = budget
        self._size = 0

    def takes(self, size: int) -> bool:
        """Whether there is room for so much more."""
        is_there = self._budget.take(size)
        if is_there:
            self._size += size
        return is_there

    def end(self) -> None:
        self._budget.give_back(self._size)
        self._size = 0
