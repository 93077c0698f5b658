"""What the columns of a table of bookings are, by the headings that people give them in French and English."""

from collections.abc import Mapping, Sequence
from typing import Final

from shared.records.reasons import echo, whole_file
from shared.records.words import plain

# field → its headings, as `plain` has them; the first is shown where the field is spoken of
FIELDS: Final[Mapping[str, tuple[str, ...]]] = {
    "title": ("titre", "title", "intitule", "objet", "subject", "libelle", "activite"),
    "rooms": (
        *("salle", "salles", "espace", "espaces", "room", "rooms", "lieu", "location", "emplacement"),
        *("ressource", "ressources", "resource", "resources"),
    ),
    "date": ("date", "jour", "day", "date de debut", "date debut", "debut le", "start date"),
    "end_date": ("date de fin", "date fin", "fin le", "end date"),
    "span": ("horaire", "horaires", "creneau", "demi journee", "periode", "moment", "slot", "half day"),
    "start": ("debut", "start", "heure de debut", "heure debut", "debut a", "start time", "begin", "begins"),
    "end": ("fin", "end", "heure de fin", "heure fin", "fin a", "end time", "ends"),
    "people": (
        *("personnes", "people", "effectif", "effectifs", "nombre de personnes", "nb de personnes", "nb personnes"),
        *("participants", "nombre de participants", "nb de participants", "nb participants"),
    ),
    "note": (
        *("note", "notes", "remarque", "remarques", "commentaire", "commentaires", "observation", "observations"),
        *("description", "comment", "comments"),
    ),
    "organiser": (
        *("responsable", "organizer", "organiser", "organisateur", "organisatrice", "organisateur de la reunion"),
        *("meeting organizer", "formateur", "formatrice", "demandeur", "reserve par", "booked by"),
    ),
    "address": (
        *("adresse", "mail", "email", "e mail", "courriel", "adresse mail", "adresse email", "adresse e mail"),
        *("mail du responsable", "organizer email", "organiser email", "address"),
    ),
    "organisation": ("structure", "organisation", "organization", "etablissement", "partenaire", "partner"),
    "attendees": ("invites", "invitees", "attendees", "destinataires"),
    "layout": ("disposition", "layout", "configuration", "amenagement"),
    "uid": ("uid",),
    "state": ("etat", "statut", "state", "status"),
}
# what our own export says besides, and no import takes over
_OURS: Final = frozenset(("n", "demandee le"))
_FIELD_OF: Final[Mapping[str, str]] = {heading: field for field, headings in FIELDS.items() for heading in headings}


def field_of(heading: str) -> str | None:
    """The field of a column, None for one that means nothing here."""
    return _FIELD_OF.get(plain(heading))


def is_ours(heading: str) -> bool:
    """Whether the column is one of our export that is left out on purpose."""
    return plain(heading) in _OURS


def columns(headings: Sequence[str]) -> list[str | None]:
    """The field of each column; raises InvalidInputError when two say the same, or none says what or when."""
    fields = [field_of(heading) for heading in headings]
    for place, field in enumerate(fields):
        if field is not None and field in fields[:place]:
            one, other = headings[fields.index(field)], headings[place]
            raise whole_file("heading_twice", one=echo(one), other=echo(other))
    if "title" not in fields or not {"date", "start"}.intersection(fields):
        raise whole_file("unknown_headings")
    return fields
