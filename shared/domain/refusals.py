"""Why a request was refused: a stable code, its facts, and one sentence in French and in English."""

from dataclasses import dataclass, field

SENTENCES: dict[str, dict[str, str]] = {
    "room_taken": {
        "fr": "Cet espace est déjà réservé à ce moment-là.",
        "en": "This room is already booked at that time.",
    },
    "too_many_people": {
        "fr": "Vous attendez {people} personnes, mais il n'y a que {seats} places.",
        "en": "You expect {people} people, but there are only {seats} seats.",
    },
    "in_the_past": {
        "fr": "Ce créneau est déjà commencé : seule la coordination peut l'inscrire après coup.",
        "en": "This slot has already begun: only a coordinator can enter it afterwards.",
    },
    "resource_closed": {
        "fr": "« {name} » n'est plus proposé à la réservation.",
        "en": "“{name}” can no longer be booked.",
    },
    "undecidable": {
        "fr": "Créneau n'a pas su traiter cette demande : écrivez à l'Atelier, qui la reprendra avec vous.",
        "en": "Créneau could not deal with this request: write to the Atelier, who will sort it out with you.",
    },
}


@dataclass(frozen=True, slots=True)
class Conflict:
    """One occupancy that stands in the way: which resource, held by which reservation."""

    resource_id: int
    reservation_id: int


@dataclass(frozen=True, slots=True)
class Refusal:
    """A 'no' with its reason; `facts` fill the sentence, `conflicts` are there when somebody else came first."""

    code: str
    facts: dict[str, str | int] = field(default_factory=dict)
    conflicts: tuple[Conflict, ...] = ()

    def sentence(self, language: str) -> str:
        """The reason in words; French unless English is asked for."""
        return SENTENCES[self.code]["en" if language == "en" else "fr"].format(**self.facts)

    def as_json(self) -> dict[str, object]:
        return {
            "code": self.code,
            "facts": self.facts,
            "conflicts": [[c.resource_id, c.reservation_id] for c in self.conflicts],
        }

    @classmethod
    def from_json(cls, value: dict[str, object]) -> "Refusal":
        conflicts = value["conflicts"]
        facts = value["facts"]
        assert isinstance(conflicts, list)  # noqa: S101  our own column, written by as_json
        assert isinstance(facts, dict)  # noqa: S101
        return cls(str(value["code"]), facts, tuple(Conflict(*pair) for pair in conflicts))
