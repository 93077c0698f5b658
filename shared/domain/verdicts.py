"""What is answered by those who decide, not by a rule: somebody came first, others of the series, a coordinator."""

from shared.domain.sentences import Saying, say

TRAINER_TAKEN = say(
    "trainer_taken",
    Saying(fr="{name} est déjà pris·e à ce moment-là.", en="{name} is taken already at that time."),
)
EQUIPMENT_TAKEN = say(
    "equipment_taken",
    Saying(
        fr="Il n'y a plus assez de « {name} » à ce moment-là.", en="There is not enough of “{name}” left at that time."
    ),
)
SERIES_REFUSED = say(
    "series_refused",
    Saying(
        fr="La série était demandée en entier ; dates impossibles : {refused} sur {count}.",
        en="The series was asked for as a whole; dates that cannot be had: {refused} of {count}.",
    ),
)
MOVE_NEEDS_APPROVAL = say(
    "move_needs_approval",
    Saying(
        fr="Ce changement demande l'accord de la coordination ; votre réservation reste comme elle est.",
        en="This change needs a coordinator's approval; your reservation stays as it is.",
        advice_fr=("Demandez à la coordination de la déplacer pour vous.",),
        advice_en=("Ask a coordinator to move it for you.",),
    ),
)
DECLINED = say(
    "declined",
    Saying(fr="La coordination a décliné cette demande.", en="A coordinator declined this request."),
)
OPTION_TOO_LONG = say(
    "option_too_long",
    Saying(
        fr="Une option dure {longest_days} jours au plus.",
        en="An option lasts {longest_days} days at most.",
        advice_fr=("Au plus tard le {fix[option_until]:moment}.",),
        advice_en=("Until {fix[option_until]:moment} at the latest.",),
    ),
)
OPTION_OVER = say(
    "option_over",
    Saying(
        fr="L'option que vous demandez serait déjà terminée.",
        en="The option that you ask for would be over already.",
        advice_fr=("Donnez-lui une échéance à venir, ou réservez sans option.",),
        advice_en=("Give it an end that lies ahead, or book without an option.",),
    ),
)
