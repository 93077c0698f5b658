"""What came back to an invitation, as its owner reads it: answers, other times, people not invited, dead addresses."""

# ruff: noqa: RUF001 - the apostrophe of these sentences is the typographic one

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from babel.lists import format_list

from shared.letters.facts import Language, Section
from shared.letters.times import LOCALES, moment_in_words, slot_in_words
from shared.letters.typography import one_line

Both = Mapping[Language, str]


@dataclass(frozen=True, kw_only=True)
class Answered:
    """What one of the people invited answered, to the whole or to one date of a series (`date` is its start)."""

    name: str
    partstat: str
    date: datetime | None = None
    comment: str = ""
    delegated_to: str = ""


@dataclass(frozen=True, kw_only=True)
class Proposed:
    """Another time, of a date of a series or the whole; `reason`: by language, why it cannot be had."""

    number: int
    name: str
    start: datetime
    end: datetime
    date: datetime | None = None
    comment: str = ""
    is_free: bool = False
    reason: Mapping[Language, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Unlisted:
    """Somebody who answered without being on the list; in whose place, or for whom, as far as they say."""

    number: int
    name: str
    address: str
    partstat: str
    comment: str = ""
    delegated_from: str = ""
    speaks_for: str = ""


@dataclass(frozen=True, kw_only=True)
class Unreached:
    """Somebody whom no mail reaches, and what their mail server said."""

    name: str
    address: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class Digest:
    """What is told at once; `counts` of the whole by PARTSTAT, `more` answers are not listed."""

    counts: Mapping[str, int]
    answered: tuple[Answered, ...] = ()
    more: int = 0
    proposals: tuple[Proposed, ...] = ()
    newcomers: tuple[Unlisted, ...] = ()
    unreached: tuple[Unreached, ...] = ()
    reservation: int = 0

    def __bool__(self) -> bool:
        return bool(self.answered or self.proposals or self.newcomers or self.unreached)


def sections(digest: Digest, zone: str, language: Language) -> tuple[Section, ...]:
    """The parts of the letter that are not empty; times are shown in the IANA zone."""
    writer = _Writer(zone, language)
    path = f"/api/reservations/{digest.reservation}"
    answered = [writer.answered(one) for one in digest.answered]
    if digest.more:
        answered.append(MORE[language].format(count=digest.more))
    parts = (
        Section(ANSWERED[language], tuple(answered), writer.so_far(digest.counts)),
        Section(
            PROPOSED[language],
            tuple(writer.proposed(one) for one in digest.proposals),
            HOW_PROPOSALS[language].format(path=path),
        ),
        Section(
            UNLISTED[language],
            tuple(writer.unlisted(one) for one in digest.newcomers),
            HOW_NEWCOMERS[language].format(path=path),
        ),
        Section(UNREACHED[language], tuple(writer.unreached(one) for one in digest.unreached), HOW_UNREACHED[language]),
    )
    return tuple(part for part in parts if part.lines)


@dataclass(frozen=True)
class _Writer:
    """Lines in one language, on one clock."""

    zone: str
    language: Language

    def answered(self, one: Answered) -> str:
        says = SAYS.get(one.partstat, SAYS["NEEDS-ACTION"])[self.language]
        if one.delegated_to:
            says = SENDS[self.language].format(who=one.delegated_to)
        return self._line(one.name, says, self._date(one.date), comment=one.comment)

    def proposed(self, one: Proposed) -> str:
        slot = slot_in_words(one.start, one.end, self.zone, self.language)
        why = one.reason.get(self.language, "").removesuffix(".")
        state = FREE[self.language] if one.is_free else NOT_FREE[self.language] + (f" ({why})" if why else "")
        number = NUMBER[self.language].format(number=one.number)
        return self._line(f"{one.name} ({number})", slot, self._date(one.date), state, comment=one.comment)

    def unlisted(self, one: Unlisted) -> str:
        who = f"{one.name} <{one.address}>" if one.name else one.address
        says = SAYS.get(one.partstat, SAYS["NEEDS-ACTION"])[self.language]
        place = IN_PLACE_OF[self.language].format(who=one.delegated_from) if one.delegated_from else ""
        speaks = SPEAKS_FOR[self.language].format(who=one.speaks_for) if one.speaks_for else ""
        number = NUMBER[self.language].format(number=one.number)
        return self._line(f"{who} ({number})", says, place, speaks, comment=one.comment)

    def unreached(self, one: Unreached) -> str:
        who = f"{one.name} <{one.address}>" if one.name else one.address
        return self._line(who, one.reason or NO_REASON[self.language])

    def so_far(self, counts: Mapping[str, int]) -> str:
        """How many answered what, such as 'En tout : 3 oui, 1 peut-être et 4 sans réponse.'."""
        told = [words[self.language].format(count=counts[name]) for name, words in COUNTED.items() if counts.get(name)]
        return SO_FAR[self.language].format(counts=format_list(told, locale=LOCALES[self.language])) if told else ""

    def _date(self, date: datetime | None) -> str:
        return FOR_DATE[self.language].format(date=moment_in_words(date, self.zone, self.language)) if date else ""

    def _line(self, who: str, *says: str, comment: str = "") -> str:
        told = ", ".join(one_line(part) for part in says if part)
        words = QUOTED[self.language].format(words=one_line(comment)) if comment.strip() else ""
        return f"{one_line(who)}{COLON[self.language]} {told}{words}"


COLON: Both = {"fr": " :", "en": ":"}
QUOTED: Both = {"fr": ". « {words} »", "en": ". “{words}”"}
ANSWERED: Both = {"fr": "Réponses reçues", "en": "Answers received"}
PROPOSED: Both = {"fr": "Autres créneaux proposés", "en": "Other times proposed"}
UNLISTED: Both = {"fr": "Réponses de personnes non invitées", "en": "Answers from people who were not invited"}
UNREACHED: Both = {"fr": "Adresses où rien n’arrive", "en": "Addresses that no mail reaches"}
MORE: Both = {"fr": "et {count} autres réponses", "en": "and {count} more answers"}
NUMBER: Both = {"fr": "n° {number}", "en": "no. {number}"}
SAYS: Mapping[str, Both] = {
    "ACCEPTED": {"fr": "vient", "en": "will come"},
    "TENTATIVE": {"fr": "viendra peut-être", "en": "may come"},
    "DECLINED": {"fr": "ne vient pas", "en": "will not come"},
    "DELEGATED": {"fr": "envoie quelqu’un à sa place", "en": "sends somebody else"},
    "NEEDS-ACTION": {"fr": "a répondu", "en": "answered"},
}
SENDS: Both = {"fr": "envoie {who} à sa place", "en": "sends {who} instead"}
FOR_DATE: Both = {"fr": "pour la date du {date}", "en": "for the date of {date}"}
FREE: Both = {"fr": "libre pour l’instant", "en": "free just now"}
NOT_FREE: Both = {"fr": "pas libre", "en": "not free"}
IN_PLACE_OF: Both = {"fr": "à la place de {who}", "en": "in place of {who}"}
SPEAKS_FOR: Both = {"fr": "au nom de {who}", "en": "on behalf of {who}"}
NO_REASON: Both = {"fr": "refusée par le serveur", "en": "refused by the server"}
COUNTED: Mapping[str, Both] = {
    "ACCEPTED": {"fr": "{count} oui", "en": "{count} yes"},
    "TENTATIVE": {"fr": "{count} peut-être", "en": "{count} maybe"},
    "DECLINED": {"fr": "{count} non", "en": "{count} no"},
    "DELEGATED": {"fr": "{count} avec quelqu’un d’autre à la place", "en": "{count} sending somebody else"},
    "NEEDS-ACTION": {"fr": "{count} sans réponse", "en": "{count} without an answer"},
}
SO_FAR: Both = {"fr": "En tout : {counts}.", "en": "So far: {counts}."}
HOW_PROPOSALS: Both = {
    "fr": "À vous de décider : {path}/proposals/(n°)/acceptance ou …/refusal. La personne reçoit votre réponse.",
    "en": "You decide: {path}/proposals/(no.)/acceptance or …/refusal. Whoever proposed it hears of your answer.",
}
HOW_NEWCOMERS: Both = {
    "fr": "À vous de décider : {path}/newcomers/(n°)/admission ou …/dismissal. Sans vous, personne n’est ajouté.",
    "en": "You decide: {path}/newcomers/(no.)/admission or …/dismissal. Nobody is added without you.",
}
HOW_UNREACHED: Both = {
    "fr": "Vérifiez ces adresses, ou prévenez ces personnes autrement : elles n’ont pas reçu votre invitation.",
    "en": "Check these addresses, or tell these people in another way: your invitation did not reach them.",
}
