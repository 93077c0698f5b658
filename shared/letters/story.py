"""The readable story of a reservation: one sentence for each event of its history."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from babel.lists import format_list

from shared.letters.counting import ordinal, spelled
from shared.letters.facts import Language
from shared.letters.house_words import BOOKINGS, DAYS, QUOTED, THE_HOUSE
from shared.letters.story_words import (
    DATES,
    FIELDS,
    GUESTS,
    MAILS,
    NO_FIELDS,
    ON_DATE,
    OTHER_FIELDS,
    RANK,
    RULES,
    SENTENCES,
    UNKNOWN,
    UNTIL,
)
from shared.letters.times import LOCALES, date_in_words, moment_in_words, slot_in_words
from shared.letters.typography import one_line, typeset

# here a reason is a whole sentence of the house, not somebody's words
_EXPLAINED = {"ReservationRefused", "MoveRefused"}


def sentence(
    event_type: str,
    data: Mapping[str, Any],
    who: str,
    language: Language,
    *,
    zone: str,
    on_behalf_of: str = "",
    reason: str = "",
) -> str:
    """'Anne Martin a annulé la réservation : « plus besoin ».'; an event of an unknown type gives a sentence, too.

    data: as recorded, JSON values; for MoveRequested it may also name the `rooms`, for OverrideUsed `rules` are told as
    they are given. A fact about the house may be told with what it is `about` by name, and of which `kind` that is;
    with the `knobs` or `fields` that changed. who: a name, or '' for Créneau itself. reason: in the reader's language;
    a `reason` in the data stands in for it. Times are shown in `zone` (IANA).
    """
    variant = data.get("hold") or data.get("method") or data.get("kind") or data.get("partstat")
    body = SENTENCES.get(f"{event_type}:{variant}") or SENTENCES.get(event_type) or UNKNOWN
    phrases = {
        "type": event_type,
        "who": _who(one_line(who), one_line(on_behalf_of), language),
        "move": _move(data, zone, language),
        "until": _until(data, zone, language),
        "on_date": _on_date(data, zone, language),
        "rank": _rank(data, language),
        "fields": _fields(data, language),
        "rules": _rules(data, language),
        "guests": _counted(GUESTS, data, language),
        "mails": _counted(MAILS, data, language),
        "dates": _counted(DATES, data, language) if "count" in data else "",
        "bookings": _counted(BOOKINGS, data, language),
        "place": _about(data, language) or THE_HOUSE[language],
        "named": f" {about}" if (about := _about(data, language)) else "",
        "knobs": f" ({', '.join(map(str, data['knobs']))})" if data.get("knobs") else "",
        "days": _days(data, language),
    }
    told = body[language].format_map(phrases)
    why = one_line(reason or str(data.get("reason") or ""))
    told += _explanation(why) if event_type in _EXPLAINED else _motive(why, language)
    return typeset(told) if language == "fr" else told


def _explanation(why: str) -> str:
    if not why:
        return "."
    return f". {why}" if why.endswith((".", "!", "?", "…")) else f". {why}."


def _motive(why: str, language: Language) -> str:
    if not why:
        return "."
    words = why.removesuffix(".")
    return f" : « {words} »." if language == "fr" else f": “{words}”."


def _who(who: str, on_behalf_of: str, language: Language) -> str:
    name = who or "Créneau"
    if not on_behalf_of or on_behalf_of == who:
        return name
    return f"{name}, pour {on_behalf_of}," if language == "fr" else f"{name}, on behalf of {on_behalf_of},"


def _move(data: Mapping[str, Any], zone: str, language: Language) -> str:
    start, end = _moment(data.get("start")), _moment(data.get("end"))
    slot = slot_in_words(start, end, zone, language) if start and end else ""
    parts = [part for part in (slot, _listed(data.get("rooms") or (), language)) if part]
    return f" ({', '.join(parts)})" if parts else ""


def _about(data: Mapping[str, Any], language: Language) -> str:
    name = one_line(str(data.get("about") or ""))
    return QUOTED[language].format(name=name) if name else ""


def _days(data: Mapping[str, Any], language: Language) -> str:
    """' (zone B, du 15 mai 2026 au 16 mai 2026)'."""
    if "first" not in data or "last" not in data:
        return ""
    first, last = (date_in_words(date.fromisoformat(data[edge]), language) for edge in ("first", "last"))
    one, several = DAYS[language]
    days = (one if first == last else several).format(first=first, last=last)
    return f" (zone {data['zone']}, {days})" if data.get("zone") else f" ({days})"


def _until(data: Mapping[str, Any], zone: str, language: Language) -> str:
    until = _moment(data.get("until"))
    return UNTIL[language].format(moment=moment_in_words(until, zone, language)) if until else ""


def _on_date(data: Mapping[str, Any], zone: str, language: Language) -> str:
    date = _moment(data.get("recurs_at"))
    return ON_DATE[language].format(moment=moment_in_words(date, zone, language)) if date else ""


def _rank(data: Mapping[str, Any], language: Language) -> str:
    place = data.get("place")
    return RANK[language].format(place=ordinal(place, language)) if isinstance(place, int) else ""


def _fields(data: Mapping[str, Any], language: Language) -> str:
    names = [FIELDS[language].get(name, OTHER_FIELDS[language]) for name in data.get("fields") or ()]
    return _listed(tuple(dict.fromkeys(names)), language) or NO_FIELDS[language]


def _rules(data: Mapping[str, Any], language: Language) -> str:
    rules = tuple(data.get("rules") or ())
    one, several = RULES[language]
    count = several.format(count=spelled(len(rules), language)) if len(rules) > 1 else one
    return f"{count} ({', '.join(map(str, rules))})" if rules else count


def _counted(forms: Mapping[Language, tuple[str, str]], data: Mapping[str, Any], language: Language) -> str:
    one, several = forms[language]
    count = data.get("count", 1)
    return one if count == 1 else several.format(count=count)


def _moment(value: object) -> datetime | None:
    if isinstance(value, datetime):
        return value
    return datetime.fromisoformat(value) if isinstance(value, str) and value else None


def _listed(names: tuple[str, ...], language: Language) -> str:
    return str(format_list(names, locale=LOCALES[language]))
