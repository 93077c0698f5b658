"""Why a room cannot take what an entry asks for, whatever the calendar of the house says; each starts with `entry_`."""

from typing import Any

from shared.domain.refusals import Refusal
from shared.domain.sentences import Saying, say

NO_END = say(
    "entry_without_end",
    Saying(
        fr="L'événement ne dit pas quand il se termine.",
        en="The event does not say when it ends.",
        advice_fr=("Donnez-lui une heure de fin.",),
        advice_en=("Give it an end.",),
    ),
)
BAD_TIME = say(
    "entry_time_impossible",
    Saying(
        fr="Un événement finit après son début, dure un an au plus et se place entre 1970 et 2199.",
        en="An event ends after it starts, lasts a year at most and lies between 1970 and 2199.",
    ),
)
MORE_DATES = say(
    "entry_more_dates",
    Saying(
        fr="Des dates ajoutées une à une à une règle (RDATE) ne se lisent pas de même partout.",
        en="Dates that are added to a rule one by one (RDATE) are not read alike everywhere.",
        advice_fr=("Invitez l'espace par un événement de plus pour ces dates.",),
        advice_en=("Invite the room to another event for these dates.",),
    ),
)
THIS_AND_FUTURE = say(
    "entry_this_and_future",
    Saying(
        fr="Changer « cette date et les suivantes » ne se dit pas sans équivoque.",
        en="To change 'this and all later dates' cannot be said without ambiguity.",
        advice_fr=("Arrêtez la série avant cette date, et faites-en une autre pour la suite.",),
        advice_en=("End the series before that date, and make another one for the rest.",),
    ),
)
RULE = say(
    "entry_rule_unknown",
    Saying(
        fr="Cette façon de se répéter n'est pas comprise ici : {rule}.",
        en="This way to recur is not understood here: {rule}.",
        advice_fr=("Choisissez tous les jours, toutes les semaines ou tous les mois.",),
        advice_en=("Choose each day, each week or each month.",),
    ),
)
FIRST = say(
    "entry_first_not_in_rule",
    Saying(
        fr="La première date de la série ne suit pas la règle de la série.",
        en="The first date of the series does not follow the rule of the series.",
        advice_fr=("Faites commencer la série un jour de sa règle.",),
        advice_en=("Have the series start on a day of its rule.",),
    ),
)
CLOCK_CHANGE = say(
    "entry_at_clock_change",
    Saying(
        fr="Une date de la série tombe sur une heure que le changement d'heure saute ou répète.",
        en="A date of the series falls on an hour that the clock change skips or repeats.",
        advice_fr=("Supprimez cette date, ou choisissez une autre heure.",),
        advice_en=("Leave that date out, or choose another hour.",),
    ),
)
OVERLAP = say(
    "entry_overlaps_itself",
    Saying(
        fr="Une date de la série n'est pas finie quand la suivante commence.",
        en="One date of the series is not over when the next one begins.",
    ),
)
TOO_MANY = say(
    "entry_too_many_dates",
    Saying(
        fr="La série a trop de dates : 366 au plus.",
        en="The series has too many dates: 366 at most.",
        advice_fr=("Arrêtez-la plus tôt.",),
        advice_en=("End it earlier.",),
    ),
)
NO_DATES = say(
    "entry_no_dates",
    Saying(
        fr="Aucune date de cette série n'est à venir.",
        en="No date of this series lies ahead.",
    ),
)
NOT_POSSIBLE = say(
    "entry_not_possible",
    Saying(fr="Cet événement ne se réserve pas ainsi.", en="This event cannot be booked like this."),
)

OF_ERRORS = {
    "bad_rrule": RULE,
    "first_not_in_rule": FIRST,
    "time_does_not_exist": CLOCK_CHANGE,
    "time_exists_twice": CLOCK_CHANGE,
    "occurrences_overlap": OVERLAP,
    "too_many_occurrences": TOO_MANY,
    "no_occurrences": NO_DATES,
    "slot_reversed": BAD_TIME,
    "slot_too_long": BAD_TIME,
    "time_out_of_range": BAD_TIME,
}


def no(code: str, **facts: str | int) -> dict[str, Any]:
    """The refusal as it is kept."""
    return Refusal(code, facts).as_json()
