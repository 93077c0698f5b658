"""What the demo registers: everything in it is invented, and every address ends in .example."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")
FESTIVAL_DAYS = [date(2027, 11, 5) + timedelta(days=n) for n in range(10)]
ARMISTICE = date(2027, 11, 11)
SATURDAY = 5
HALF_DAYS = {"matin": (time(9), time(12)), "après-midi": (time(13, 30), time(16, 30))}
WORKSHOPS = {"flexi-36": "Maquillage de cinéma", "espace-ouvert": "Storyboard"}
COLLEGES = ("Tilleuls", "Rivages", "Beffroi", "Scarpe", "Boves", "Lilas")
CLASSES = ("6e A", "5e C", "4e B", "3e D", "4e A", "6e B", "5e A")
CENTRES = ("La Citadelle", "Le Moulin", "Les Remparts")

FESTIVAL = "Arras Film Festival 2027 : ateliers"
TRAINING = "Premiers usages des tablettes Android"
NETWORK_DAY = "Journée des Promeneurs du Net"
LATECOMER = ("noe.lambert@ecole-glycines.example", "Noé Lambert")
TEACHERS = (
    LATECOMER,
    ("ines.carpentier@ecole-glycines.example", "Inès Carpentier"),
    ("hugo.delattre@college-beffroi.example", "Hugo Delattre"),
    ("maelle.roussel@college-beffroi.example", "Maëlle Roussel"),
    ("yanis.bauduin@lycee-tisserands.example", "Yanis Bauduin"),
)
NETWORKERS = (
    ("sonia.marchand@mediatheque-puits.example", "Sonia Marchand"),
    ("karim.leroy@mission-locale.example", "Karim Leroy"),
    ("elodie.vasseur@centre-deux-rives.example", "Élodie Vasseur"),
)
PARTNERS = {
    "Plan Séquence": ("contact@plan-sequence.example", "Équipe de Plan Séquence"),
    "Caf 62": ("numerique@caf62.example", "Pôle numérique de la Caf 62"),
}


def activities() -> list[dict[str, Any]]:
    """The three activities as the API takes them."""
    return [
        {
            "kind": "festival",
            "title": FESTIVAL,
            "description": "Deux espaces pendant dix jours : maquillage de cinéma et storyboard, avec Plan Séquence.",
            "partner": "Plan Séquence",
            "sessions": list(_festival()),
        },
        {
            "kind": "training",
            "title": TRAINING,
            "description": "Trois mercredis pour prendre en main les tablettes de la mallette. Apportez vos questions.",
            "sessions": [_training(n, day) for n, day in enumerate((22, 29), start=1)] + [_training(3, 6, month=10)],
        },
        {
            "kind": "highlight",
            "title": NETWORK_DAY,
            "description": "Une plénière, puis trois ateliers en parallèle, le matin et l'après-midi.",
            "partner": "Caf 62",
            "sessions": list(_network_day()),
        },
    ]


def at(day: date, hour: time) -> str:
    """A time as the API takes it, on the clock of Arras."""
    return datetime.combine(day, hour, PARIS).isoformat()


def when(day: date, start: time, end: time) -> dict[str, str]:
    return {"start": at(day, start), "end": at(day, end)}


def people(pairs: tuple[tuple[str, str], ...]) -> list[dict[str, str]]:
    return [{"address": address, "name": name} for address, name in pairs]


def _festival() -> Iterator[dict[str, Any]]:
    places = [(day, hours, room) for day in FESTIVAL_DAYS for hours in HALF_DAYS.values() for room in WORKSHOPS]
    for n, (day, (start, end), room) in enumerate(places):
        group, contact = _group(n, day)
        yield {
            "title": f"{WORKSHOPS[room]}, {group}",
            **when(day, start, end),
            "resources": [room],
            "people": 24 + n % 5,
            "attendees": people((contact,)),
        }


def _group(n: int, day: date) -> tuple[str, tuple[str, str]]:
    """A class on school days, else a leisure centre; and the mail contact of it."""
    if day.weekday() >= SATURDAY or day == ARMISTICE:
        centre = CENTRES[n % len(CENTRES)]
        return f"centre {centre}", (f"accueil@centre-{_plain(centre)}.example", f"Centre de loisirs {centre}")
    college = COLLEGES[n % len(COLLEGES)]
    address = f"vie-scolaire@college-{_plain(college)}.example"
    return f"{CLASSES[n % len(CLASSES)]} {college}", (address, f"Vie scolaire, collège {college}")


def _training(number: int, day: int, *, month: int = 9) -> dict[str, Any]:
    return {
        "title": f"séance {number}",
        **when(date(2027, month, day), time(14), time(17)),
        "resources": ["flexi-19"],
        "people": 12,
        "attendees": people(TEACHERS),
    }


def _network_day() -> Iterator[dict[str, Any]]:
    day = date(2027, 11, 18)
    yield {
        "title": "plénière",
        **when(day, time(9, 30), time(11)),
        "resources": ["espace-ouvert"],
        "people": 30,
        "attendees": people(NETWORKERS),
    }
    themes = {"flexi-16": "Vie privée en ligne", "flexi-19": "Jeux vidéo et parentalité", "flexi-36": "Médias et infox"}
    for start, end in ((time(11), time(12)), (time(14), time(15))):
        for (room, theme), person in zip(themes.items(), NETWORKERS, strict=True):
            yield {
                "title": f"atelier {theme}",
                **when(day, start, end),
                "resources": [room],
                "people": 10,
                "attendees": people((person,)),
            }


def _plain(name: str) -> str:
    return name.lower().replace(" ", "-")
