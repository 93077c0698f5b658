"""The sentences of an import: what the house makes of a line that could be read."""

from typing import Final

IMPORT: Final[dict[str, dict[str, str]]] = {
    "no_room": {
        "fr": "Il manque l'espace : écrivez par exemple « {name} ».",
        "en": "The room is missing: write “{name}”, for instance.",
    },
    "unknown_room": {
        "fr": "« {text} » n'est pas un espace de la maison.",
        "en": "“{text}” is no room of this house.",
    },
    "unknown_room_near": {
        "fr": "« {text} » n'est pas un espace de la maison ; le plus proche est « {near} ».",
        "en": "“{text}” is no room of this house; the nearest is “{near}”.",
    },
    "nowhere": {
        "fr": "Aucun espace n'est nommé : il n'y a rien à réserver.",
        "en": "No room is named: there is nothing to book.",
    },
    "known": {
        "fr": "C'est déjà réservé (n° {id}).",
        "en": "This is booked already (no. {id}).",
    },
    "known_elsewhere": {
        "fr": "C'est déjà réservé (n° {id}), à un autre moment ou dans un autre espace : déplacez-la s'il le faut.",
        "en": "This is booked already (no. {id}), at another time or in another room: move it if need be.",
    },
    "known_and_over": {
        "fr": "C'était déjà réservé (n° {id}), et ce ne l'est plus : demandez-la de nouveau s'il le faut.",
        "en": "This was booked already (no. {id}), and is no more: ask for it again if need be.",
    },
    "twice_in_file": {
        "fr": "La ligne {number} dit déjà la même chose.",
        "en": "Line {number} says the same already.",
    },
    "in_the_note": {
        "fr": "Ceci n'a pas de place à part ici, et se trouve dans la note : {names}.",
        "en": "This has no place of its own here, and stands in the note: {names}.",
    },
    "people_of_series": {
        "fr": "Une série a une seule liste d'invités, celle de sa première date : celle-ci n'est pas reprise.",
        "en": "A series has one list of guests, that of its first date: this one is not taken over.",
    },
    "series_cut": {
        "fr": "Cette série n'a pas de fin : elle est reprise jusqu'au {date}.",
        "en": "This series has no end: it is taken over until {date}.",
    },
    "taken_by": {
        "fr": "Il s'agit de « {title} » (n° {id}).",
        "en": "It is for “{title}” (no. {id}).",
    },
    "taken_by_line": {
        "fr": "Il s'agit de la ligne {number} du fichier.",
        "en": "It is for line {number} of the file.",
    },
    "more_dates": {
        "fr": "Et {count} autres dates de la série sont refusées.",
        "en": "And {count} more dates of the series are refused.",
    },
}
