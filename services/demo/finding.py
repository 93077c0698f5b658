"""Act six: a room is looked for, and found with reasons."""

from datetime import date
from typing import Any

from services.demo import stage
from services.demo.client import Client

SEARCH = "/search"
WANTED = {
    "people": 14,
    "sessions": 3,
    "parts": ["morning"],
    "weekdays": [1, 2, 3, 4, 5],
    "from": date(2027, 11, 15).isoformat(),
    "before": date(2027, 12, 15).isoformat(),
    "same_room": True,
    "most": 3,
}


def find(trainer: Client) -> None:
    """Three mornings in the same room; nothing is booked."""
    if f"/api{SEARCH}" not in trainer.get("/openapi.json")["paths"]:
        return
    stage.act("Trouver un espace")
    stage.say("Trois matinées avant le 15 décembre pour 14 personnes, toutes dans le même espace :")
    found = trainer.post(SEARCH, WANTED)
    stage.show(("Espace", "Quand", "Pourquoi"), [_row(answer) for answer in found])


def _row(answer: dict[str, Any]) -> stage.Row:
    rooms = ", ".join(dict.fromkeys(meeting["room"]["name"] for meeting in answer["meetings"]))
    when = "\n".join(stage.span(meeting) for meeting in answer["meetings"])
    return rooms, when, "\n".join(reason["sentence"] for reason in answer["reasons"])
