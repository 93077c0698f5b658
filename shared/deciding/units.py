"""Units of a thing that is there several times, taken in turns: nobody minds which one it is, for they are alike."""

from collections.abc import Mapping
from datetime import datetime
from itertools import pairwise

from shared.domain.timetable import Timetable

Piece = tuple[int, datetime, datetime]


def in_turns(taken: Mapping[int, Timetable], quantity: int, count: int, span: tuple[datetime, datetime]) -> list[Piece]:
    """`count` units at each moment of the span, changing from one to another where somebody else comes; [] if not.

    Units beyond the quantity, which somebody holds since there were more, count as taken too.
    """
    start, end = span
    edges = {edge for table in taken.values() for edge in table.edges_within(start, end)}
    pieces: list[Piece] = []
    kept: dict[int, datetime] = {}
    for moment, following in pairwise(sorted({start, end, *edges})):
        busy = {unit for unit, table in taken.items() if not table.is_free(moment, following)}
        if quantity - len(busy) < count:
            return []
        pieces += [(unit, since, moment) for unit, since in kept.items() if unit in busy]
        kept = {unit: since for unit, since in kept.items() if unit not in busy}
        free = (unit for unit in range(1, quantity + 1) if unit not in busy and unit not in kept)
        kept |= {unit: moment for unit, _ in zip(free, range(count - len(kept)), strict=False)}
    return pieces + [(unit, since, end) for unit, since in kept.items()]
