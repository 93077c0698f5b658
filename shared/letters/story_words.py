"""The sentences of the story: one for each type of event, without their full stop; `story` fills them.

`Type:variant` tells one case of a type, by its `hold`, `method` or `partstat`; `Type` alone tells every other.
"""

# ruff: noqa: RUF001 - the apostrophe of these sentences is the typographic one

from shared.letters.facts import Language
from shared.letters.house_words import HOUSE_FIELDS, HOUSE_SENTENCES

Both = dict[Language, str]

UNKNOWN: Both = {"fr": "{who} a noté un fait ({type})", "en": "{who} recorded a fact ({type})"}

SENTENCES: dict[str, Both] = HOUSE_SENTENCES | {
    "ReservationRequested": {"fr": "{who} a demandé la réservation", "en": "{who} asked for the reservation"},
    "ReservationConfirmed": {"fr": "{who} a confirmé la réservation", "en": "{who} confirmed the reservation"},
    "ReservationRefused": {"fr": "{who} a refusé la demande", "en": "{who} refused the request"},
    "ReservationCancelled": {"fr": "{who} a annulé la réservation", "en": "{who} cancelled the reservation"},
    "MoveRequested": {"fr": "{who} a demandé un autre créneau{move}", "en": "{who} asked for another slot{move}"},
    "ReservationMoved": {"fr": "{who} a déplacé la réservation", "en": "{who} moved the reservation"},
    "MoveRefused": {
        "fr": "{who} a refusé le déplacement, et la réservation est restée comme elle était",
        "en": "{who} refused the move, and the reservation stayed as it was",
    },
    "MoveWithdrawn": {"fr": "{who} a retiré la demande de déplacement", "en": "{who} withdrew the request to move"},
    "ReservationDescribed": {"fr": "{who} a modifié {fields}", "en": "{who} changed {fields}"},
    "AttendeesInvited": {"fr": "{who} a invité {guests}", "en": "{who} invited {guests}"},
    "AttendeeRemoved": {
        "fr": "{who} a retiré une personne de la liste des participants",
        "en": "{who} took one person off the list of participants",
    },
    "AttendeeAnswered": {
        "fr": "Une des personnes invitées a répondu{on_date}",
        "en": "One of the people invited answered{on_date}",
    },
    "AttendeeAnswered:ACCEPTED": {
        "fr": "Une des personnes invitées a accepté{on_date}",
        "en": "One of the people invited accepted{on_date}",
    },
    "AttendeeAnswered:DECLINED": {
        "fr": "Une des personnes invitées a décliné{on_date}",
        "en": "One of the people invited declined{on_date}",
    },
    "AttendeeAnswered:TENTATIVE": {
        "fr": "Une des personnes invitées viendra peut-être{on_date}",
        "en": "One of the people invited may come{on_date}",
    },
    "AttendeeAnswered:DELEGATED": {
        "fr": "Une des personnes invitées envoie quelqu’un à sa place{on_date}",
        "en": "One of the people invited sends somebody else{on_date}",
    },
    "AnswerNoted": {
        "fr": "{who} a noté la réponse d’une des personnes invitées{on_date}",
        "en": "{who} noted the answer of one of the people invited{on_date}",
    },
    "NewcomerAnswered": {
        "fr": "Une personne qui n’est pas sur la liste a répondu",
        "en": "Somebody who is not on the list answered",
    },
    "NewcomerAdmitted": {
        "fr": "{who} a admis une personne qui avait répondu sans être sur la liste",
        "en": "{who} admitted somebody who had answered without being on the list",
    },
    "NewcomerDismissed": {
        "fr": "{who} a écarté une personne qui avait répondu sans être sur la liste",
        "en": "{who} dismissed somebody who had answered without being on the list",
    },
    "ProposalMade": {
        "fr": "Une des personnes invitées a proposé un autre créneau{move}",
        "en": "One of the people invited proposed another slot{move}",
    },
    "ProposalAccepted": {
        "fr": "{who} a accepté la proposition d’un autre créneau{move}",
        "en": "{who} accepted the proposal of another slot{move}",
    },
    "ProposalDeclined": {
        "fr": "{who} a décliné la proposition d’un autre créneau{move}",
        "en": "{who} declined the proposal of another slot{move}",
    },
    "InvitationBounced": {
        "fr": "Un message à une des personnes invitées n’a pas pu être remis",
        "en": "A mail to one of the people invited could not be delivered",
    },
    "InvitationsQueued": {"fr": "{who} a préparé {mails}", "en": "{who} prepared {mails}"},
    "InvitationsQueued:REQUEST": {
        "fr": "{who} a préparé {mails} d’invitation",
        "en": "{who} prepared {mails} to invite",
    },
    "InvitationsQueued:CANCEL": {
        "fr": "{who} a préparé {mails} d’annulation",
        "en": "{who} prepared {mails} of cancellation",
    },
    "InvitationsQueued:REFUSAL": {"fr": "{who} a préparé {mails} de refus", "en": "{who} prepared {mails} of refusal"},
    "InvitationsQueued:REMINDER": {"fr": "{who} a préparé {mails} de rappel", "en": "{who} prepared {mails} to remind"},
    "InvitationsQueued:REPLY": {
        "fr": "{who} a préparé {mails} de réponse",
        "en": "{who} prepared {mails} of answer",
    },
    "InvitationsQueued:REFRESH": {
        "fr": "{who} a préparé {mails} de question",
        "en": "{who} prepared {mails} to ask again",
    },
    "ReservationTentative": {"fr": "{who} a retenu les espaces{until}", "en": "{who} held the rooms{until}"},
    "ReservationTentative:approval": {
        "fr": "{who} a retenu les espaces{until}, en attendant la décision de la coordination",
        "en": "{who} held the rooms{until}, awaiting a coordinator’s decision",
    },
    "ReservationTentative:option": {
        "fr": "{who} a retenu les espaces sous réserve{until}",
        "en": "{who} held the rooms as an option{until}",
    },
    "ReservationTentative:offer": {
        "fr": "{who} a retenu les espaces libérés{until}, en attendant une confirmation",
        "en": "{who} held the rooms that became free{until}, awaiting a confirmation",
    },
    "ReservationApproved": {"fr": "{who} a accepté la demande", "en": "{who} approved the request"},
    "ReservationDeclined": {"fr": "{who} a décliné la demande", "en": "{who} declined the request"},
    "OptionConfirmed": {"fr": "{who} a confirmé l’option", "en": "{who} confirmed the option"},
    "OfferMade": {
        "fr": "{who} a proposé les espaces libérés{until}",
        "en": "{who} offered the rooms that became free{until}",
    },
    "OfferTaken": {"fr": "{who} a accepté les espaces proposés", "en": "{who} took the offered rooms"},
    "ReservationWaitlisted": {
        "fr": "{who} a inscrit la demande sur la liste d’attente{rank}",
        "en": "{who} put the request on the waiting list{rank}",
    },
    "ReservationExpired": {"fr": "La réservation a expiré", "en": "The reservation expired"},
    "ReservationExpired:approval": {
        "fr": "La demande a expiré, faute de décision de la coordination",
        "en": "The request expired, as no coordinator decided in time",
    },
    "ReservationExpired:option": {
        "fr": "L’option a expiré, faute de confirmation",
        "en": "The option expired, as it was not confirmed in time",
    },
    "ReservationExpired:offer": {
        "fr": "La proposition a expiré, faute de confirmation",
        "en": "The offer expired, as it was not confirmed in time",
    },
    "ReservationExpired:waitlist": {
        "fr": "La demande a quitté la liste d’attente, car rien ne s’est libéré à temps",
        "en": "The request left the waiting list, as nothing became free in time",
    },
    "SeriesRequested": {"fr": "{who} a demandé une série{dates}", "en": "{who} asked for a series{dates}"},
    "SeriesSplit": {
        "fr": "{who} a séparé cette date et les suivantes du reste de la série",
        "en": "{who} split this date and all later ones from the rest of the series",
    },
    "OverrideUsed": {"fr": "{who} a passé outre {rules}", "en": "{who} overrode {rules}"},
    "ApprovalReminded": {
        "fr": "{who} a rappelé la demande à la coordination",
        "en": "{who} reminded the coordinators of the request",
    },
    "ApprovalEscalated": {
        "fr": "{who} a relancé la coordination, qui n’avait toujours pas décidé",
        "en": "{who} pressed the coordinators, who had still not decided",
    },
    "OptionReminded": {
        "fr": "{who} a rappelé que l’option reste à confirmer",
        "en": "{who} reminded that the option is still to be confirmed",
    },
}

FIELDS: dict[Language, dict[str, str]] = {
    "fr": HOUSE_FIELDS["fr"]
    | {
        "title": "l’intitulé",
        "note": "la note",
        "people": "le nombre de personnes",
        "where": "le lieu",
        "description": "la description",
        "layout": "la disposition",
        "quantities": "le matériel",
    },
    "en": HOUSE_FIELDS["en"]
    | {
        "title": "the title",
        "note": "the note",
        "people": "the number of people",
        "where": "the place",
        "description": "the description",
        "layout": "the layout",
        "quantities": "the equipment",
    },
}
OTHER_FIELDS: Both = {"fr": "d’autres détails", "en": "other details"}
NO_FIELDS: Both = {"fr": "la réservation", "en": "the reservation"}

ON_DATE: Both = {"fr": ", pour la date du {moment}", "en": ", for the date of {moment}"}
UNTIL: Both = {"fr": " jusqu’au {moment}", "en": " until {moment}"}
RANK: Both = {"fr": ", à la {place} place", "en": ", in {place} place"}

# one of something, and several
GUESTS: dict[Language, tuple[str, str]] = {
    "fr": ("une personne", "{count} personnes"),
    "en": ("one person", "{count} people"),
}
MAILS: dict[Language, tuple[str, str]] = {"fr": ("un message", "{count} messages"), "en": ("one mail", "{count} mails")}
DATES: dict[Language, tuple[str, str]] = {
    "fr": (" d’une seule date", " de {count} dates"),
    "en": (" of one date", " of {count} dates"),
}
RULES: dict[Language, tuple[str, str]] = {
    "fr": ("une règle de la maison", "{count} règles de la maison"),
    "en": ("one rule of the house", "{count} rules of the house"),
}
