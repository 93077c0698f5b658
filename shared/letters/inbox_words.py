"""What was made of a mail that came in, as a sentence in both languages, by the code of its outcome."""

# ruff: noqa: RUF001 - the apostrophe of these sentences is the typographic one

from shared.letters.facts import Language

WAITING: dict[Language, str] = {"fr": "Attend d’être lu", "en": "Waits to be read"}

SENTENCES: dict[str, dict[Language, str]] = {
    "answered": {"fr": "Réponse notée", "en": "The answer was noted"},
    "already_known": {"fr": "Rien de nouveau : c’était déjà noté", "en": "Nothing new: it was noted before"},
    "stale": {
        "fr": "Arrivé trop tard : quelque chose de plus récent est déjà noté",
        "en": "Came too late: something newer is noted already",
    },
    "cancelled": {"fr": "Concerne ce qui est annulé", "en": "Is about what is cancelled"},
    "held": {
        "fr": "Annule ce qui n’a pas encore été demandé ; gardé en attendant",
        "en": "Cancels what was not asked for yet; kept until it is",
    },
    "unknown_uid": {"fr": "Concerne un rendez-vous inconnu ici", "en": "Is about an entry that is not known here"},
    "newcomer": {
        "fr": "Vient de quelqu’un qui n’était pas invité : au responsable d’en décider",
        "en": "Comes from somebody who was not invited: its owner decides",
    },
    "proposed": {
        "fr": "Propose un autre horaire : au responsable d’en décider",
        "en": "Proposes another time: its owner decides",
    },
    "refreshed": {"fr": "L’invitation a été renvoyée", "en": "The invitation was sent again"},
    "requested": {"fr": "Demande enregistrée", "en": "The request was entered"},
    "refused": {"fr": "Refusé, et une réponse est partie", "en": "Refused, and an answer was sent"},
    "not_the_organizer": {
        "fr": "Ne vient pas de l’organisateur : rien n’a été fait",
        "en": "Does not come from the organizer: nothing was done",
    },
    "bounced": {"fr": "Un courriel de Créneau n’est pas arrivé", "en": "A mail of Créneau did not arrive"},
    "delayed": {"fr": "Un courriel de Créneau arrivera plus tard", "en": "A mail of Créneau will arrive later"},
    "unknown_delivery": {"fr": "Concerne un courriel inconnu ici", "en": "Is about a mail that is not known here"},
    "own_or_null_sender": {
        "fr": "Ne demande rien : il vient d’un automate ou de Créneau lui-même",
        "en": "Asks for nothing: it comes from a machine or from Créneau itself",
    },
    "unauthenticated": {
        "fr": "Rien n’a été fait : personne ne garantit qui l’a écrit",
        "en": "Nothing was done: nobody vouches for who wrote it",
    },
    "duplicate": {"fr": "Déjà traité sous le même Message-ID", "en": "Handled before under the same Message-ID"},
    "no_calendar": {"fr": "Ne contient pas de calendrier", "en": "Has no calendar in it"},
    "winmail": {
        "fr": "Ne contient qu’un winmail.dat, le format propre à Outlook",
        "en": "Has only a winmail.dat, Outlook's own format",
    },
    "published": {"fr": "Publie un calendrier, sans rien demander", "en": "Publishes a calendar and asks for nothing"},
    "no_method": {
        "fr": "Contient un calendrier qui ne demande rien",
        "en": "Has a calendar in it that asks for nothing",
    },
    "no_event": {"fr": "Son calendrier n’a pas d’événement", "en": "Its calendar has no event"},
    "unknown_method": {
        "fr": "Son calendrier demande ce que Créneau ne fait pas",
        "en": "Its calendar asks for what Créneau does not do",
    },
    "not_ours_to_answer": {
        "fr": "Invite l’Atelier sans inviter un de ses espaces",
        "en": "Invites the Atelier without inviting one of its rooms",
    },
    "too_many": {"fr": "Mis de côté : trop de courriels en une heure", "en": "Set aside: too many mails in an hour"},
    "failed": {
        "fr": "Mis de côté : le traitement a échoué plusieurs fois",
        "en": "Set aside: handling it failed several times",
    },
    "kills_its_reader": {
        "fr": "Mis de côté : sa lecture a plusieurs fois arrêté le service",
        "en": "Set aside: reading it stopped the service several times",
    },
}
UNREADABLE: dict[Language, str] = {"fr": "Mis de côté : illisible", "en": "Set aside: it cannot be read"}
OTHER: dict[Language, str] = {"fr": "Traité", "en": "Handled"}


def sentence(state: str, outcome: str, language: Language) -> str:
    """Without its full stop; an outcome that has no sentence of its own still says whether something came of it."""
    if state == "waiting":
        return WAITING[language]
    return SENTENCES.get(outcome, UNREADABLE if state == "quarantined" else OTHER)[language]
