"""Words as people write them, French or English, compared without accents, capitals and punctuation."""

import re
import unicodedata
from collections.abc import Mapping
from typing import Final

from shared.domain.states import State

_MONTHS: Final = (
    ("janvier", "january"),
    ("fevrier", "february"),
    ("mars", "march"),
    ("avril", "april"),
    ("mai", "may"),
    ("juin", "june"),
    ("juillet", "july"),
    ("aout", "august"),
    ("septembre", "september"),
    ("octobre", "october"),
    ("novembre", "november"),
    ("decembre", "december"),
)
_WEEKDAYS: Final = (
    ("lundi", "monday"),
    ("mardi", "tuesday"),
    ("mercredi", "wednesday"),
    ("jeudi", "thursday"),
    ("vendredi", "friday"),
    ("samedi", "saturday"),
    ("dimanche", "sunday"),
)
_SHORTEST: Final = 3

STATES: Final[Mapping[str, str]] = {
    State.REQUESTED: "demandée",
    State.CONFIRMED: "confirmée",
    State.TENTATIVE: "à confirmer",
    State.WAITLISTED: "en liste d'attente",
    State.REFUSED: "refusée",
    State.CANCELLED: "annulée",
    State.EXPIRED: "expirée",
}
_NOTHING_TO_BOOK: Final = frozenset(
    ("refusee", "refuse", "refused", "annulee", "annule", "cancelled", "canceled", "expiree", "expire", "expired")
)


def plain(text: str) -> str:
    """Lower case words of ASCII letters and digits, one space between them."""
    letters = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return " ".join(re.findall("[a-z0-9]+", bare))


def month(word: str) -> int | None:
    """1 to 12 for the name of a month or a beginning of it that means one month only."""
    found = _beginning_with(plain(word), _MONTHS)
    return found + 1 if found is not None else None


def weekday(word: str) -> int | None:
    """0 for Monday to 6 for Sunday."""
    return _beginning_with(plain(word), _WEEKDAYS)


def holds_nothing(state: str) -> bool:
    """Whether a state in words says that there is nothing to book."""
    return plain(state) in _NOTHING_TO_BOOK


def _beginning_with(word: str, names: tuple[tuple[str, str], ...]) -> int | None:
    found = [place for place, pair in enumerate(names) if any(name.startswith(word) for name in pair)]
    return found[0] if len(found) == 1 and len(word) >= _SHORTEST else None
