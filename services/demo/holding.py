"""Act four: what is held until somebody says yes, and who waits until somebody gives way."""

import time as clock
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from services.demo import programme, stage
from services.demo.client import Client, is_refused
from services.demo.mails import Mails
from services.demo.scene import Scene, free_day, reservation_of, scene, tell

PATIENCE = 20.0
PAUSE = 0.2


def hold(coordinator: Client, trainer: Client, mails: Mails) -> None:
    """An option, a request for approval and a waiting list, each until it is confirmed."""
    stage.act("Sous réserve, à approuver, en attente")
    day = free_day(trainer, "flexi-16", "flexi-19", "espace-ouvert")
    with scene(mails) as here:
        _option(here, trainer, day)
        _approval(here, coordinator, trainer, day)
        _waiting_list(here, coordinator, trainer, day)


def _option(here: Scene, trainer: Client, day: date) -> None:
    until = (datetime.now(UTC) + timedelta(days=7)).isoformat()
    when = programme.when(day, time(9), time(10))
    answer = here.ask(trainer, "Atelier vidéo", ["flexi-16"], when, 8, option_until=until)
    if answer.get("hold") != "option":
        tell("Poser une option d'une semaine", answer)
        return
    kept = f"Le créneau est retenu jusqu'au {stage.day(stage.moment(answer['hold_until']))}, puis rendu."
    here.mails.wait()
    confirmed = here.do(trainer, "confirmation", answer["id"])
    yes = "confirmée" if confirmed["state"] == "confirmed" else confirmed["state"]
    _tell(yes, f"Une option sur Flexi 16, {stage.span(answer)}", kept, "Louise la confirme à temps.")


def _approval(here: Scene, coordinator: Client, trainer: Client, day: date) -> None:
    when = programme.when(day, time(10), time(11))
    answer = here.ask(trainer, "Vernissage des affiches", ["espace-ouvert"], when, 25)
    asked = f"L'Espace ouvert, où tout le monde passe, {stage.span(when)}"
    if answer.get("hold") != "approval":
        tell(asked, answer, and_so=[] if is_refused(answer) else ["Ici personne n'a à donner son accord."])
        return
    kept = f"La coordination a jusqu'au {stage.day(stage.moment(answer['hold_until']))} pour décider ; le créneau"
    here.mails.wait()
    here.do(coordinator, "approval", answer["id"], "belle idée")
    _tell("approuvée", asked, f"{kept} est retenu.", "Agathe accepte, et les invitations partent.")


def _waiting_list(here: Scene, coordinator: Client, trainer: Client, day: date) -> None:
    when = programme.when(day, time(14), time(15))
    first = here.ask(coordinator, "Réunion d'équipe", ["flexi-19"], when, 10)
    waiting = here.ask(trainer, "Club lecture", ["flexi-19"], when, 12, if_taken="wait")
    if is_refused(waiting) or waiting["state"] != "waitlisted":
        tell("Attendre Flexi 19", waiting)
        return
    here.mails.wait()
    here.cancel(first["id"])
    served = _once_decided(trainer, waiting["id"])
    is_served = served["state"] == "confirmed"
    if is_served:
        here.mails.expect(waiting["id"], "REQUEST")
    _tell(
        "confirmée" if is_served else served["state"],
        f"Flexi 19 est pris, {stage.span(when)} : s'inscrire en liste d'attente",
        "« Réunion d'équipe » est annulée : la première qui attend a le créneau.",
        *_story(trainer, waiting["id"]),
    )


def _once_decided(client: Client, reservation: int) -> dict[str, Any]:
    """What became of who waited, a moment after somebody gave way."""
    until = clock.monotonic() + PATIENCE
    while True:
        found: dict[str, Any] = client.get(f"/reservations/{reservation}")
        if found["state"] != "waitlisted" or clock.monotonic() > until:
            return reservation_of(found)
        clock.sleep(PAUSE)


def _story(client: Client, reservation: int) -> list[str]:
    return [f"- {event['sentence']}" for event in client.get(f"/reservations/{reservation}/history")]


def _tell(yes: str, asked: str, *lines: str) -> None:
    stage.tell(stage.verdict(True, yes), asked, lines)
