"""Deciding: the waiting requests of the rooms that can be locked, in their turn, many in one transaction.

Guards. Killed anywhere: the transaction rolls back and the requests still wait. Two deciders: each room is locked by
one of them. The same wake-up twice: nothing waits any more. A wrong belief about what is free: the constraint.
"""

from shared.deciding.batch import BATCH, BatchDisagreesError, Decided, Taken, decide, set_aside, take

__all__ = ["BATCH", "BatchDisagreesError", "Decided", "Taken", "decide", "set_aside", "take"]
