"""The use cases of a series: ask for it, change or give it back from a date on or as a whole, bring dates back."""

from shared.recurring.asking import SeriesWish, bring_back, request_series
from shared.recurring.changing import SeriesChange, cancel_series, change_series
from shared.recurring.owning import own_series

__all__ = [
    "SeriesChange",
    "SeriesWish",
    "bring_back",
    "cancel_series",
    "change_series",
    "own_series",
    "request_series",
]
