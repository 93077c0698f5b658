"""Why a request was refused: a stable code, its facts, what would help, and who may override it."""

from dataclasses import dataclass, field
from typing import Any, Literal, cast

from shared.domain.sentences import SENTENCES, Saying, advice, say, sentence

__all__ = ["ROOM_TAKEN", "SENTENCES", "UNDECIDABLE", "Conflict", "Override", "Refusal"]

Override = Literal["nobody", "coordinator"]

ROOM_TAKEN = say(
    "room_taken",
    Saying(
        fr="Cet espace est déjà réservé à ce moment-là.",
        en="This room is already booked at that time.",
    ),
)
UNDECIDABLE = say(
    "undecidable",
    Saying(
        fr="Créneau n'a pas su traiter cette demande : écrivez à l'Atelier, qui la reprendra avec vous.",
        en="Créneau could not deal with this request: write to the Atelier, who will sort it out with you.",
    ),
)


@dataclass(frozen=True, slots=True)
class Conflict:
    """One occupancy that stands in the way: which resource, held by which reservation."""

    resource_id: int
    reservation_id: int


@dataclass(frozen=True, slots=True)
class Refusal:
    """A 'no' with its reason; `facts` fill the sentence, `conflicts` are there when somebody else came first.

    `fix` is the part of a request that would pass this rule: {"start", "end"} as ISO times of the site's clock, or
    {"people"}, {"layout"}, {"quantities"}; empty when nothing near does. Refusals are equal when their reasons are.
    """

    code: str
    facts: dict[str, str | int] = field(default_factory=dict)
    conflicts: tuple[Conflict, ...] = ()
    fix: dict[str, Any] = field(default_factory=dict, compare=False)
    override: Override = field(default="nobody", compare=False)

    def sentence(self, language: str) -> str:
        """The reason in words; French unless English is asked for."""
        return sentence(self.code, language, self.facts)

    def advice(self, language: str) -> str:
        """The nearest fix in words, '' when there is none."""
        return advice(self.code, language, self.facts, self.fix)

    def as_json(self) -> dict[str, object]:
        return {
            "code": self.code,
            "facts": self.facts,
            "conflicts": [[c.resource_id, c.reservation_id] for c in self.conflicts],
            "fix": self.fix,
            "override": self.override,
        }

    @classmethod
    def from_json(cls, value: dict[str, object]) -> "Refusal":
        conflicts, facts, fix = value["conflicts"], value["facts"], value.get("fix", {})
        assert isinstance(conflicts, list)  # noqa: S101  our own column, written by as_json
        assert isinstance(facts, dict)  # noqa: S101
        assert isinstance(fix, dict)  # noqa: S101
        override = cast("Override", value.get("override", "nobody"))
        return cls(str(value["code"]), facts, tuple(Conflict(*pair) for pair in conflicts), fix, override)
