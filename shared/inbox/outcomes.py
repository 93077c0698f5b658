"""What became of a mail: what whoever acts on one gives back."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Outcome:
    """A stable code such as answered, stale, unknown_uid; `details` are JSON values for whoever reads the inbox.

    `reservation`: the id in `details` that a reader can follow, where there is one.
    """

    code: str
    details: Mapping[str, object] = field(default_factory=dict, hash=False)
