"""Why something is proposed: a stable code, its facts, and one sentence in French and in English."""

from dataclasses import dataclass, field

SENTENCES: dict[str, dict[str, str]] = {
    # an alternative to what was refused
    "as_wished": {"fr": "Comme demandé : ce créneau est libre.", "en": "As wished: this slot is free."},
    "other_layout": {
        "fr": "Le même espace à la même heure, dans une autre disposition.",
        "en": "The same room at the same time, in another layout.",
    },
    "other_room": {"fr": "Un autre espace, à la même heure.", "en": "Another room, at the same time."},
    "other_combination": {
        "fr": "Des espaces réunis, à la même heure.",
        "en": "Rooms joined together, at the same time.",
    },
    "other_time": {
        "fr": "Le même espace le même jour, à une autre heure.",
        "en": "The same room, later or earlier that day.",
    },
    "other_day": {"fr": "Le même espace, un autre jour.", "en": "The same room, on another day."},
    "other_room_and_time": {
        "fr": "Un autre espace, à un moment proche.",
        "en": "Another room, at a time close to it.",
    },
    # a series as a whole
    "series_other_room": {"fr": "Toute la série dans un autre espace.", "en": "The whole series in another room."},
    "series_other_layout": {
        "fr": "Toute la série dans le même espace et à la même heure, dans une autre disposition.",
        "en": "The whole series in the same room and at the same time, in another layout.",
    },
    "series_other_hour": {
        "fr": "Toute la série dans le même espace, à une autre heure.",
        "en": "The whole series in the same room, at another hour.",
    },
    "series_split": {
        "fr": "La série change d'espace en cours de route, sans changer d'heure.",
        "en": "The series changes room along the way, and keeps its hour.",
    },
    # a room that was looked for
    "fits_exactly": {"fr": "Exactement {seats} places.", "en": "Exactly {seats} seats."},
    "smallest_that_fits": {
        "fr": "Le plus petit espace qui convienne : {seats} places.",
        "en": "The smallest room that fits: {seats} seats.",
    },
    "smaller_are_taken": {
        "fr": "{seats} places ; les espaces plus petits ne sont pas libres à ce moment-là.",
        "en": "{seats} seats; the smaller rooms are not free then.",
    },
    "larger_than_needed": {
        "fr": "{seats} places : {empty} de plus qu'il n'en faut.",
        "en": "{seats} seats: {empty} more than needed.",
    },
    "seats_not_known": {
        "fr": "Le nombre de places n'est pas connu.",
        "en": "The number of seats is not known.",
    },
    "joined_rooms": {"fr": "Des espaces réunis.", "en": "Rooms joined together."},
    "needs_layout_change": {
        "fr": "À installer en « {layout} ».",
        "en": "To be set up as “{layout}”.",
    },
    "stands_as_wanted": {
        "fr": "Déjà installé en « {layout} ».",
        "en": "Already set up as “{layout}”.",
    },
    "earliest": {"fr": "Au plus tôt.", "en": "The earliest there is."},
    "same_room": {"fr": "Le même espace pour les {count} séances.", "en": "The same room for all {count} sessions."},
    "several_rooms": {
        "fr": "{count} espaces différents d'une séance à l'autre.",
        "en": "{count} different rooms from one session to another.",
    },
}


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason; `facts` fill its sentence."""

    code: str
    facts: dict[str, str | int] = field(default_factory=dict, hash=False)

    def sentence(self, language: str) -> str:
        """The reason in words; French unless English is asked for."""
        return SENTENCES[self.code]["en" if language == "en" else "fr"].format(**self.facts)
