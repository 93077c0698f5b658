"""The story of a reservation: a sentence for each event, with who did it, for whom, and why."""

from datetime import UTC, datetime
from typing import Any

import pytest

from shared.domain import events
from shared.letters.story import sentence
from shared.letters.story_words import SENTENCES
from tests.letters.reading import plainly

UNTIL = "2027-11-04T08:00:00+00:00"
MOVE = {"start": "2027-11-09T08:00:00+00:00", "end": "2027-11-09T11:30:00+00:00", "resources": [1, 2]}
DEADLINE, SLOT = "jeudi 4 novembre 2027 à 9 h 00", "mardi 9 novembre 2027, de 9 h 00 à 12 h 30"
ANNE, CRENEAU = "Anne Martin", ""


def told(event_type: str, data: dict[str, Any] | None = None, who: str = ANNE, **otherwise: str) -> tuple[str, str]:
    """The sentence in French and in English."""
    french = sentence(event_type, data or {}, who, "fr", zone="Europe/Paris", **otherwise)
    return plainly(french), plainly(sentence(event_type, data or {}, who, "en", zone="Europe/Paris", **otherwise))


@pytest.mark.parametrize(
    ("event_type", "data", "who", "french", "english"),
    [
        (
            "ReservationRequested",
            {},
            ANNE,
            "Anne Martin a demandé la réservation.",
            "Anne Martin asked for the reservation.",
        ),
        (
            "ReservationConfirmed",
            {},
            CRENEAU,
            "Créneau a confirmé la réservation.",
            "Créneau confirmed the reservation.",
        ),
        (
            "ReservationRefused",
            {"code": "room_taken"},
            CRENEAU,
            "Créneau a refusé la demande.",
            "Créneau refused the request.",
        ),
        (
            "ReservationCancelled",
            {"reason": "plus besoin"},
            ANNE,
            "Anne Martin a annulé la réservation : « plus besoin ».",
            "Anne Martin cancelled the reservation: “plus besoin”.",
        ),
        (
            "ReservationCancelled",
            {"reason": ""},
            ANNE,
            "Anne Martin a annulé la réservation.",
            "Anne Martin cancelled the reservation.",
        ),
        (
            "MoveRequested",
            MOVE,
            ANNE,
            f"Anne Martin a demandé un autre créneau ({SLOT}).",
            "Anne Martin asked for another slot (Tuesday 9 November 2027, 9:00 to 12:30).",
        ),
        (
            "MoveRequested",
            MOVE | {"rooms": ("Flexi 16", "Flexi 19")},
            ANNE,
            f"Anne Martin a demandé un autre créneau ({SLOT}, Flexi 16 et Flexi 19).",
            "Anne Martin asked for another slot (Tuesday 9 November 2027, 9:00 to 12:30, Flexi 16 and Flexi 19).",
        ),
        (
            "ReservationMoved",
            {},
            CRENEAU,
            "Créneau a déplacé la réservation.",
            "Créneau moved the reservation.",
        ),
        (
            "MoveRefused",
            {"code": "room_taken"},
            CRENEAU,
            "Créneau a refusé le déplacement, et la réservation est restée comme elle était.",
            "Créneau refused the move, and the reservation stayed as it was.",
        ),
        (
            "MoveWithdrawn",
            {},
            ANNE,
            "Anne Martin a retiré la demande de déplacement.",
            "Anne Martin withdrew the request to move.",
        ),
        (
            "ReservationDescribed",
            {"fields": ["title", "people"]},
            ANNE,
            "Anne Martin a modifié l'intitulé et le nombre de personnes.",
            "Anne Martin changed the title and the number of people.",
        ),
        (
            "ReservationDescribed",
            {"fields": ["note", "colour", "smell"]},
            ANNE,
            "Anne Martin a modifié la note et d'autres détails.",
            "Anne Martin changed the note and other details.",
        ),
        (
            "AttendeesInvited",
            {"count": 1},
            ANNE,
            "Anne Martin a invité une personne.",
            "Anne Martin invited one person.",
        ),
        (
            "AttendeesInvited",
            {"count": 24},
            ANNE,
            "Anne Martin a invité 24 personnes.",
            "Anne Martin invited 24 people.",
        ),
        (
            "AttendeeRemoved",
            {"attendee_id": 7},
            ANNE,
            "Anne Martin a retiré une personne de la liste des participants.",
            "Anne Martin took one person off the list of participants.",
        ),
        (
            "InvitationsQueued",
            {"method": "REQUEST", "count": 12},
            CRENEAU,
            "Créneau a préparé 12 messages d'invitation.",
            "Créneau prepared 12 mails to invite.",
        ),
        (
            "InvitationsQueued",
            {"method": "CANCEL", "count": 1},
            CRENEAU,
            "Créneau a préparé un message d'annulation.",
            "Créneau prepared one mail of cancellation.",
        ),
        (
            "InvitationsQueued",
            {"method": "REFUSAL", "count": 1},
            CRENEAU,
            "Créneau a préparé un message de refus.",
            "Créneau prepared one mail of refusal.",
        ),
        (
            "InvitationsQueued",
            {"method": "REMINDER", "count": 2},
            CRENEAU,
            "Créneau a préparé 2 messages de rappel.",
            "Créneau prepared 2 mails to remind.",
        ),
        (
            "InvitationsQueued",
            {"method": "APPROVAL", "count": 2},
            CRENEAU,
            "Créneau a préparé 2 messages.",
            "Créneau prepared 2 mails.",
        ),
        (
            "ReservationTentative",
            {"hold": "approval", "until": UNTIL},
            CRENEAU,
            f"Créneau a retenu les espaces jusqu'au {DEADLINE}, en attendant la décision de la coordination.",
            "Créneau held the rooms until Thursday 4 November 2027 at 9:00, awaiting a coordinator's decision.",
        ),
        (
            "ReservationTentative",
            {"hold": "option", "until": UNTIL},
            CRENEAU,
            f"Créneau a retenu les espaces sous réserve jusqu'au {DEADLINE}.",
            "Créneau held the rooms as an option until Thursday 4 November 2027 at 9:00.",
        ),
        (
            "ReservationTentative",
            {"hold": "offer", "until": UNTIL},
            CRENEAU,
            f"Créneau a retenu les espaces libérés jusqu'au {DEADLINE}, en attendant une confirmation.",
            "Créneau held the rooms that became free until Thursday 4 November 2027 at 9:00, awaiting a confirmation.",
        ),
        ("ReservationTentative", {}, CRENEAU, "Créneau a retenu les espaces.", "Créneau held the rooms."),
        (
            "ReservationApproved",
            {"reason": "Pour une fois."},
            ANNE,
            "Anne Martin a accepté la demande : « Pour une fois ».",
            "Anne Martin approved the request: “Pour une fois”.",
        ),
        (
            "ReservationDeclined",
            {"reason": "C'est le festival !"},
            ANNE,
            "Anne Martin a décliné la demande : « C'est le festival ! ».",
            "Anne Martin declined the request: “C'est le festival !”.",
        ),
        ("OptionConfirmed", {}, ANNE, "Anne Martin a confirmé l'option.", "Anne Martin confirmed the option."),
        (
            "OfferMade",
            {"until": datetime.fromisoformat(UNTIL).astimezone(UTC)},
            CRENEAU,
            f"Créneau a proposé les espaces libérés jusqu'au {DEADLINE}.",
            "Créneau offered the rooms that became free until Thursday 4 November 2027 at 9:00.",
        ),
        (
            "OfferTaken",
            {},
            ANNE,
            "Anne Martin a accepté les espaces proposés.",
            "Anne Martin took the offered rooms.",
        ),
        (
            "ReservationWaitlisted",
            {"place": 1},
            CRENEAU,
            "Créneau a inscrit la demande sur la liste d'attente, à la 1re place.",
            "Créneau put the request on the waiting list, in 1st place.",
        ),
        (
            "ReservationExpired",
            {"hold": "approval"},
            CRENEAU,
            "La demande a expiré, faute de décision de la coordination.",
            "The request expired, as no coordinator decided in time.",
        ),
        (
            "ReservationExpired",
            {"hold": "option"},
            CRENEAU,
            "L'option a expiré, faute de confirmation.",
            "The option expired, as it was not confirmed in time.",
        ),
        (
            "ReservationExpired",
            {"hold": "offer"},
            CRENEAU,
            "La proposition a expiré, faute de confirmation.",
            "The offer expired, as it was not confirmed in time.",
        ),
        (
            "ReservationExpired",
            {"hold": "waitlist"},
            CRENEAU,
            "La demande a quitté la liste d'attente, car rien ne s'est libéré à temps.",
            "The request left the waiting list, as nothing became free in time.",
        ),
        ("ReservationExpired", {"hold": ""}, CRENEAU, "La réservation a expiré.", "The reservation expired."),
        (
            "SeriesRequested",
            {"count": 40},
            ANNE,
            "Anne Martin a demandé une série de 40 dates.",
            "Anne Martin asked for a series of 40 dates.",
        ),
        (
            "SeriesSplit",
            {},
            ANNE,
            "Anne Martin a séparé cette date et les suivantes du reste de la série.",
            "Anne Martin split this date and all later ones from the rest of the series.",
        ),
        (
            "OverrideUsed",
            {"reason": "festival", "rules": ["outside_opening"]},
            ANNE,
            "Anne Martin a passé outre une règle de la maison (outside_opening) : « festival ».",
            "Anne Martin overrode one rule of the house (outside_opening): “festival”.",
        ),
        (
            "OverrideUsed",
            {"reason": "festival", "rules": ["horaires d'ouverture", "durée"]},
            ANNE,
            "Anne Martin a passé outre deux règles de la maison (horaires d'ouverture, durée) : « festival ».",
            "Anne Martin overrode two rules of the house (horaires d'ouverture, durée): “festival”.",
        ),
        (
            "ApprovalReminded",
            {},
            CRENEAU,
            "Créneau a rappelé la demande à la coordination.",
            "Créneau reminded the coordinators of the request.",
        ),
        (
            "ApprovalEscalated",
            {},
            CRENEAU,
            "Créneau a relancé la coordination, qui n'avait toujours pas décidé.",
            "Créneau pressed the coordinators, who had still not decided.",
        ),
        (
            "SomethingNew",
            {"anything": [1]},
            ANNE,
            "Anne Martin a noté un fait (SomethingNew).",
            "Anne Martin recorded a fact (SomethingNew).",
        ),
        (
            "OptionReminded",
            {},
            CRENEAU,
            "Créneau a rappelé que l'option reste à confirmer.",
            "Créneau reminded that the option is still to be confirmed.",
        ),
        (
            "PolicyChanged",
            {"about": "Flexi 16", "kind": "room", "knobs": ["lead_minutes", "opening"], "reason": "été"},
            ANNE,
            "Anne Martin a changé les règles de « Flexi 16 » (lead_minutes, opening) : « été ».",
            "Anne Martin changed the rules of “Flexi 16” (lead_minutes, opening): “été”.",
        ),
        (
            "PolicyChanged",
            {"about": "", "kind": "site"},
            ANNE,
            "Anne Martin a changé les règles de la maison.",
            "Anne Martin changed the rules of the house.",
        ),
        (
            "PolicyChanged",
            {"about": "equipe", "kind": "group"},
            ANNE,
            "Anne Martin a changé les règles du groupe « equipe ».",
            "Anne Martin changed the rules of the group “equipe”.",
        ),
        (
            "Closed",
            {"kind": "site", "reason": "travaux", **MOVE},
            ANNE,
            f"Anne Martin a fermé la maison ({SLOT}) : « travaux ».",
            "Anne Martin closed the house (Tuesday 9 November 2027, 9:00 to 12:30): “travaux”.",
        ),
        (
            "Closed",
            {"kind": "trainer", "about": "Zoé", "reason": "congé"},
            ANNE,
            "Anne Martin a noté l'absence de « Zoé » : « congé ».",
            "Anne Martin noted that “Zoé” is away: “congé”.",
        ),
        (
            "Reopened",
            {"kind": "room", "about": "Flexi 16"},
            ANNE,
            "Anne Martin a rouvert « Flexi 16 ».",
            "Anne Martin opened “Flexi 16” again.",
        ),
        (
            "Reopened",
            {"kind": "trainer", "about": "Zoé"},
            ANNE,
            "Anne Martin a retiré l'absence de « Zoé ».",
            "Anne Martin took back that “Zoé” is away.",
        ),
        (
            "SchoolCalendarCorrected",
            {"zone": "B", "first": "2026-05-15", "last": "2026-05-16", "reason": "pont"},
            ANNE,
            "Anne Martin a corrigé le calendrier scolaire (zone B, du 15 mai 2026 au 16 mai 2026) : « pont ».",
            "Anne Martin corrected the school calendar (zone B, 15 May 2026 to 16 May 2026): “pont”.",
        ),
        (
            "SchoolCalendarRestored",
            {"zone": "A", "first": "2026-05-15", "last": "2026-05-15"},
            ANNE,
            "Anne Martin a retiré une correction du calendrier scolaire (zone A, 15 mai 2026).",
            "Anne Martin took back a correction of the school calendar (zone A, 15 May 2026).",
        ),
        (
            "GroupSet",
            {"about": "Équipe", "count": 12},
            ANNE,
            "Anne Martin a formé le groupe « Équipe » (12 personnes).",
            "Anne Martin formed the group “Équipe” (12 people).",
        ),
        (
            "ResourceAdded",
            {"about": "Studio", "kind": "room"},
            ANNE,
            "Anne Martin a ajouté « Studio » à ce qui se réserve.",
            "Anne Martin added “Studio” to what can be booked.",
        ),
        (
            "ResourceChanged",
            {"about": "Studio", "kind": "room", "fields": ["is_open", "seats"]},
            ANNE,
            "Anne Martin a modifié l'ouverture à la réservation et le nombre de places de « Studio ».",
            "Anne Martin changed whether it can be booked and the number of seats of “Studio”.",
        ),
        (
            "BookingsImported",
            {"about": "planning.csv", "count": 120},
            ANNE,
            "Anne Martin a repris 120 réservations du fichier « planning.csv ».",
            "Anne Martin took over 120 bookings from the file “planning.csv”.",
        ),
        (
            "FeedMade",
            {"about": "Flexi 16", "kind": "feed"},
            ANNE,
            "Anne Martin a créé une adresse d'abonnement « Flexi 16 ».",
            "Anne Martin made an address to subscribe to “Flexi 16”.",
        ),
    ],
)
def test_every_event_reads_as_a_sentence(
    event_type: str, data: dict[str, Any], who: str, french: str, english: str
) -> None:
    assert told(event_type, data, who) == (french, english)


def test_no_event_of_the_domain_is_left_without_a_sentence() -> None:
    recorded = {event.__name__ for event in events.Event.__subclasses__() if event.__module__ == events.__name__}
    assert recorded
    assert not recorded - SENTENCES.keys()


@pytest.mark.parametrize("event_type", sorted({key.split(":")[0] for key in SENTENCES}))
def test_a_sentence_needs_none_of_its_data(event_type: str) -> None:
    for words in told(event_type, {}, CRENEAU):
        assert words.endswith(".")
        assert "None" not in words
        assert "{" not in words


def test_whoever_acts_for_somebody_is_told_with_them() -> None:
    french, english = told("ReservationRequested", on_behalf_of="Paul Petit")
    assert french == "Anne Martin, pour Paul Petit, a demandé la réservation."
    assert english == "Anne Martin, on behalf of Paul Petit, asked for the reservation."
    assert told("ReservationRequested", on_behalf_of=ANNE)[0] == "Anne Martin a demandé la réservation."


def test_a_refusal_is_explained_in_the_words_of_the_house() -> None:
    french, _ = told("ReservationRefused", {"code": "room_taken"}, CRENEAU, reason="Cet espace est déjà réservé.")
    assert french == "Créneau a refusé la demande. Cet espace est déjà réservé."
    assert told("MoveRefused", {}, CRENEAU, reason="Trop tard")[0].endswith("comme elle était. Trop tard.")


def test_the_reason_that_is_given_comes_before_the_one_recorded() -> None:
    assert told("ReservationApproved", {"reason": "a"}, reason="b")[0].endswith(" : « b ».")


def test_what_people_typed_stays_on_one_line_and_is_no_placeholder() -> None:
    french, _ = told("ReservationCancelled", {"reason": "plus\nbesoin {who}"}, "Anne\n{zone}")
    assert french == "Anne {zone} a annulé la réservation : « plus besoin {who} »."


def test_french_has_its_no_break_spaces() -> None:
    words = sentence("ReservationCancelled", {"reason": "quoi ?"}, ANNE, "fr", zone="Europe/Paris")
    assert "\u00a0: «\u00a0quoi\u202f?\u00a0»" in words
