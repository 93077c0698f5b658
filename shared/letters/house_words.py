"""The sentences of facts about the house itself, without their full stop; `story` fills them as it does its others."""

# ruff: noqa: RUF001 - the apostrophe of these sentences is the typographic one

from shared.letters.facts import Language

Both = dict[Language, str]

HOUSE_SENTENCES: dict[str, Both] = {
    "PolicyChanged": {
        "fr": "{who} a changé les règles de {place}{knobs}",
        "en": "{who} changed the rules of {place}{knobs}",
    },
    "PolicyChanged:group": {
        "fr": "{who} a changé les règles du groupe{named}{knobs}",
        "en": "{who} changed the rules of the group{named}{knobs}",
    },
    "Closed": {"fr": "{who} a fermé {place}{move}", "en": "{who} closed {place}{move}"},
    "Closed:trainer": {"fr": "{who} a noté l’absence de {place}{move}", "en": "{who} noted that {place} is away{move}"},
    "Reopened": {"fr": "{who} a rouvert {place}{move}", "en": "{who} opened {place} again{move}"},
    "Reopened:trainer": {
        "fr": "{who} a retiré l’absence de {place}{move}",
        "en": "{who} took back that {place} is away{move}",
    },
    "SchoolCalendarCorrected": {
        "fr": "{who} a corrigé le calendrier scolaire{days}",
        "en": "{who} corrected the school calendar{days}",
    },
    "SchoolCalendarRestored": {
        "fr": "{who} a retiré une correction du calendrier scolaire{days}",
        "en": "{who} took back a correction of the school calendar{days}",
    },
    "GroupSet": {"fr": "{who} a formé le groupe{named} ({guests})", "en": "{who} formed the group{named} ({guests})"},
    "ResourceAdded": {
        "fr": "{who} a ajouté{named} à ce qui se réserve",
        "en": "{who} added{named} to what can be booked",
    },
    "ResourceChanged": {"fr": "{who} a modifié {fields} de {place}", "en": "{who} changed {fields} of {place}"},
    "AliasAdded": {
        "fr": "{who} a reconnu{named} comme une autre adresse de quelqu’un",
        "en": "{who} recognised{named} as another address of somebody",
    },
    "AliasRemoved": {
        "fr": "{who} ne reconnaît plus{named} comme une autre adresse de quelqu’un",
        "en": "{who} no longer recognises{named} as another address of somebody",
    },
    "FeedMade": {
        "fr": "{who} a créé une adresse d’abonnement{named}",
        "en": "{who} made an address to subscribe to{named}",
    },
    "FeedRotated": {
        "fr": "{who} a changé l’adresse d’abonnement{named}",
        "en": "{who} moved an address to subscribe to{named}",
    },
    "FeedRevoked": {
        "fr": "{who} a retiré une adresse d’abonnement{named}",
        "en": "{who} took back an address to subscribe to{named}",
    },
    "BookingsImported": {
        "fr": "{who} a repris {bookings} du fichier{named}",
        "en": "{who} took over {bookings} from the file{named}",
    },
    "WebhookAdded": {"fr": "{who} a ajouté le webhook{named}", "en": "{who} added the webhook{named}"},
    "WebhookChanged": {
        "fr": "{who} a modifié {fields} du webhook{named}",
        "en": "{who} changed {fields} of the webhook{named}",
    },
    "WebhookSecretRotated": {
        "fr": "{who} a renouvelé le secret du webhook{named}",
        "en": "{who} rotated the secret of the webhook{named}",
    },
    "WebhookRemoved": {"fr": "{who} a supprimé le webhook{named}", "en": "{who} removed the webhook{named}"},
    "WebhookDisabled": {
        "fr": "{who} a désactivé le webhook{named}, qui ne répondait plus comme il faut",
        "en": "{who} disabled the webhook{named}, which did not answer properly any more",
    },
    "ActivityPublished": {
        "fr": "{who} a rendu publique l’activité{named}",
        "en": "{who} made the activity{named} public",
    },
    "ActivityWithdrawn": {
        "fr": "{who} a retiré l’activité{named} des pages publiques",
        "en": "{who} took the activity{named} off the public pages",
    },
}

HOUSE_FIELDS: dict[Language, dict[str, str]] = {
    "fr": {
        "name": "le nom",
        "seats": "le nombre de places",
        "seats_are_assumed": "la certitude sur les places",
        "is_open": "l’ouverture à la réservation",
        "parts": "les espaces réunis",
        "quantity": "la quantité",
        "label": "le nom",
        "url": "l’adresse",
        "types": "la liste des événements",
        "enabled": "l’activation",
    },
    "en": {
        "name": "the name",
        "seats": "the number of seats",
        "seats_are_assumed": "how sure the seats are",
        "is_open": "whether it can be booked",
        "parts": "the rooms that it combines",
        "quantity": "the quantity",
        "label": "the name",
        "url": "the address",
        "types": "the list of events",
        "enabled": "whether it is called",
    },
}

THE_HOUSE: Both = {"fr": "la maison", "en": "the house"}
QUOTED: Both = {"fr": "« {name} »", "en": "“{name}”"}
BOOKINGS: dict[Language, tuple[str, str]] = {
    "fr": ("une réservation", "{count} réservations"),
    "en": ("one booking", "{count} bookings"),
}
DAYS: dict[Language, tuple[str, str]] = {
    "fr": ("{first}", "du {first} au {last}"),
    "en": ("{first}", "{first} to {last}"),
}
