"""The use cases of a reservation: ask for it, change it, give it back. Deciding lives next door."""

from shared.booking.asking import DateOf, Wish, request
from shared.booking.changing import Change, cancel, change, check_cancellation, own

__all__ = ["Change", "DateOf", "Wish", "cancel", "change", "check_cancellation", "own", "request"]
