"""The days of France that are not like others: public holidays, school holidays by zone, and their corrections."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Literal

from holidays import country_holidays
from vacances_scolaires_france import SchoolHolidayDates

Zone = Literal["A", "B", "C", "*"]
ZONES = ("A", "B", "C")


@dataclass(frozen=True, slots=True)
class Correction:
    """School holidays that the library misses, or (`adds` false) has wrongly; `last` is included, '*' is all zones."""

    zone: Zone
    first: date
    last: date
    name: str = ""
    adds: bool = True

    @property
    def days(self) -> list[date]:
        return [self.first + timedelta(days=n) for n in range((self.last - self.first).days + 1)]


# vacances-scolaires-france 0.12 has the bridge of 2027 and 2028, and not this one (arrêté du 7 décembre 2022).
DEFAULT_CORRECTIONS = (Correction("*", date(2026, 5, 15), date(2026, 5, 16), "Pont de l'Ascension"),)


class FrenchDays:
    """What both libraries know, as corrected; a later correction counts more. Years they do not know are ordinary."""

    def __init__(self, corrections: Iterable[Correction] = DEFAULT_CORRECTIONS) -> None:
        self._corrected: dict[tuple[str, date], str | None] = {}
        for correction in corrections:
            name = (correction.name or "Vacances scolaires") if correction.adds else None
            for zone in ZONES if correction.zone == "*" else (correction.zone,):
                self._corrected.update({(zone, day): name for day in correction.days})
        # both libraries read their files when first asked, which takes a tenth of a second: not while one is decided
        _public_holidays(DEFAULT_CORRECTIONS[0].first.year)
        _school_holidays()

    def public_holiday(self, day: date) -> str | None:
        """Its name in French, None for an ordinary day."""
        return _public_holidays(day.year).get(day)

    def school_holiday(self, day: date, zone: str) -> str | None:
        """The name of the school holidays in zone A, B or C, None in school time."""
        key = zone, day
        return self._corrected[key] if key in self._corrected else _school_holidays().get(key)


def school_calendar_ends() -> date:
    """The last day of the last school holidays that the library knows."""
    return max(day for _, day in _school_holidays())


@lru_cache(maxsize=256)
def _public_holidays(year: int) -> Mapping[date, str]:
    return dict(country_holidays("FR", years=year, expand=False, language="fr"))


@lru_cache(maxsize=1)
def _school_holidays() -> Mapping[tuple[str, date], str]:
    """Every day of every year that the library knows; read once, from a file of its own."""
    days = SchoolHolidayDates()
    return {
        (zone, day): str(row["nom_vacances"])
        for day, row in days.data.items()
        for zone in ZONES
        if row[days.zone_key(zone)]
    }
