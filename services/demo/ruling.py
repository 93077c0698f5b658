"""Act five: a rule says no, with its value, the nearest fix and who may override it; somebody does, with a reason."""

from datetime import date, time
from typing import Any

from services.demo import programme, stage
from services.demo.client import Client, is_refused
from services.demo.mails import Mails
from services.demo.scene import Scene, free_day, scene, tell

OVERRIDE = {"coordinator": "la coordination, avec un motif", "nobody": "personne"}


def obey(coordinator: Client, trainer: Client, mails: Mails) -> None:
    """A layout with too few seats, refused and then granted against the rule; and the time that a layout takes."""
    stage.act("Les règles de la maison")
    day = free_day(trainer, "flexi-16")
    with scene(mails) as here:
        _exceed(here, coordinator, trainer, day)
        _rearrange(here, trainer, day)


def _exceed(here: Scene, coordinator: Client, trainer: Client, day: date) -> None:
    when = programme.when(day, time(9), time(10))
    asked = ("Atelier philo", ["flexi-16"], when, 14)
    refused = here.ask(trainer, *asked, layout="islands")
    if not is_refused(refused):
        tell("14 personnes dans Flexi 16 en îlots", refused)
        return
    tell("14 personnes dans Flexi 16 en îlots", refused | {"alternatives": []}, and_so=_explained(refused))
    granted = here.ask(coordinator, *asked, layout="islands", override="deux chaises viennent de Flexi 19")
    if is_refused(granted):
        tell("La même, malgré la règle", granted)
        return
    story = [event["sentence"] for event in coordinator.get(f"/reservations/{granted['id']}/history")]
    lines = ["Avec un motif, que l'historique garde :", *(f"- {sentence}" for sentence in story)]
    stage.tell(stage.verdict(True, "accordée"), "La même, demandée par la coordination malgré la règle", lines)


def _explained(refused: dict[str, Any]) -> list[str]:
    """The rule, its value, the fix and who may override it: what a program reads, too."""
    return [
        f"Règle : {refused['code']}, pour {refused['facts'].get('seats', '?')} places",
        f"Le plus simple : {refused['advice'] or 'un autre espace'}",
        f"Peut passer outre : {OVERRIDE[refused['may_override']]}",
    ]


def _rearrange(here: Scene, trainer: Client, day: date) -> None:
    """From rows to islands takes half an hour, which is kept free and shown."""
    here.ask(trainer, "Conférence", ["flexi-16"], programme.when(day, time(13), time(14)), 16)
    at_once = here.ask(
        trainer, "Jeu de cartes", ["flexi-16"], programme.when(day, time(14), time(15)), 12, layout="islands"
    )
    tell("Flexi 16 en îlots, aussitôt après une conférence en rangées", at_once | {"conflicts": []})
    later = programme.when(day, time(14, 30), time(15, 30))
    granted = here.ask(trainer, "Jeu de cartes", ["flexi-16"], later, 12, layout="islands")
    tell("La même, une demi-heure plus tard", granted, and_so=_set_up(trainer, later))


def _set_up(client: Client, when: dict[str, str]) -> list[str]:
    [room] = client.get("/rooms/free-busy", **{"from": when["start"], "to": when["end"], "room": "flexi-16"})
    return [
        f"Occupé dès {stage.moment(busy['start']):%H:%M}, mise en place jusqu'à "
        f"{stage.moment(busy['set_up_until']):%H:%M}."
        for busy in room["busy"]
        if busy.get("set_up_until")
    ]
