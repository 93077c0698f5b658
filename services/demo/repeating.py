"""Act three: a series of which one date is taken, and what became of each of them."""

from datetime import date, datetime, time, timedelta
from typing import Any

from services.demo import programme, stage
from services.demo.client import Client, is_refused
from services.demo.mails import Mails
from services.demo.scene import Scene, is_busy, scene

FIRST_TUESDAY = date(2028, 1, 4)
WEEKS = 40
COUNT = 6
TAKEN = 2
START, END = time(14), time(16)
ROOM = "flexi-16"


def repeat(coordinator: Client, trainer: Client, mails: Mails) -> None:
    """Six Tuesdays, the third of which somebody else has; each date is shown, then all are given back."""
    stage.act("Une série dont une date est prise")
    tuesdays = _free_tuesdays(trainer)
    if tuesdays is None:
        stage.say("Flexi 16 est pris trop de mardis après-midi : cet acte est pour une autre fois.")
        return
    with scene(mails) as here:
        here.ask(coordinator, "Réunion des tuteurs", [ROOM], programme.when(tuesdays[TAKEN], START, END), 6)
        _ask(here, trainer, tuesdays)


def _ask(here: Scene, trainer: Client, tuesdays: list[date]) -> None:
    body = {
        "title": "Club webradio",
        "resources": [ROOM],
        "people": 12,
        "start": datetime.combine(tuesdays[0], START).isoformat(),
        "end": datetime.combine(tuesdays[0], END).isoformat(),
        "zone": programme.PARIS.key,
        "rule": f"FREQ=WEEKLY;COUNT={COUNT}",
        "on_conflict": "propose",
    }
    series = trainer.post("/series", body)
    if is_refused(series):
        stage.say(f"La série n'est pas possible : {series['detail']}")
        return
    stage.say(
        f"{COUNT} mardis de 14:00 à 16:00 dans Flexi 16 pour le club webradio, et une autre solution là où c'est pris. "
        "Toutes les dates sont examinées ensemble, et une seule invitation les annonce."
    )
    stage.show(("Date", "Espace", "Ce qu'elle est devenue"), [_row(found) for found in series["dates"]])
    head = series["dates"][0]["id"]
    here.mails.expect(head, "REQUEST")
    here.mails.wait()
    trainer.post(f"/series/{series['id']}/cancellation", {"reason": "démonstration"})
    here.mails.expect(head, "CANCEL")


def _row(found: dict[str, Any]) -> stage.Row:
    is_elsewhere = found["resources"][0]["slug"] != ROOM or found["start"] != found["recurs_at"]
    words = "confirmée ailleurs, car Flexi 16 est pris" if is_elsewhere else "confirmée"
    is_confirmed = found["state"] == "confirmed"
    return stage.span(found), stage.rooms(found), stage.verdict(is_confirmed, words if is_confirmed else "refusée")


def _free_tuesdays(client: Client) -> list[date] | None:
    """The first six in a row on which the room is free in the afternoon."""
    for week in range(WEEKS):
        days = [FIRST_TUESDAY + timedelta(weeks=week + n) for n in range(COUNT)]
        if not any(is_busy(client, [ROOM], programme.when(day, time(13), time(17))) for day in days):
            return days
    return None
