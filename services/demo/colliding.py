"""Act two: requests that cannot all be granted, each with its answer, its reason and what is free instead."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, time
from typing import Any

from rich.text import Text

from services.demo import programme, stage
from services.demo.client import Client, is_refused
from services.demo.mails import Mails
from services.demo.scene import Scene, free, free_day, is_busy, reservation_of, scene, tell

FESTIVAL_DAY = date(2027, 11, 9)
AT_ONCE = 5


def collide(trainer: Client, mails: Mails) -> None:
    """Play the collisions; what was booked for them is given back at the end."""
    stage.act("Des demandes qui se heurtent")
    day = free_day(trainer, "flexi-16", "flexi-19")
    with scene(mails) as here:
        _ask_too_late(here, trainer)
        _ask_for_what_is_not_there(here, trainer, day)
        _move_and_pass_on(here, trainer, day, _ask_all_at_once(here, trainer, day))
    stage.say("Les réservations de cet acte ont été rendues : une autre démonstration peut les redemander.")


def _ask_too_late(here: Scene, trainer: Client) -> None:
    morning = programme.when(FESTIVAL_DAY, time(10), time(12))
    answer = here.ask(trainer, "Lecture à voix haute, 3e B", ["flexi-36"], morning, 26)
    tell("Une classe demande Flexi 36 à 10:00, pendant le festival", answer)
    answer = here.ask(trainer, "Escape game et débriefing", ["escapelab", "flexi-36"], morning, 8)
    kept = [] if is_busy(trainer, ["escapelab"], morning) else ["Tout ou rien : l'EscapeLAB reste libre."]
    tell("Deux espaces d'un coup, dont un est pris : EscapeLAB et Flexi 36", answer, and_so=kept)


def _ask_for_what_is_not_there(here: Scene, trainer: Client, day: date) -> None:
    answer = here.ask(trainer, "Conférence", ["flexi-16"], programme.when(day, time(15), time(16)), 30)
    tell("30 personnes dans Flexi 16", answer)


def _ask_all_at_once(here: Scene, trainer: Client, day: date) -> dict[str, Any] | None:
    """The one that won, if the slot was free at all."""
    when = programme.when(day, time(10), time(11))
    with ThreadPoolExecutor(AT_ONCE) as pool:
        asked = [pool.submit(here.ask, trainer, f"Réunion {n}", ["flexi-16"], when, 8) for n in range(1, AT_ONCE + 1)]
        answers = [future.result() for future in asked]
    order = sorted(answers, key=lambda answer: int(reservation_of(answer)["id"]))
    winners = [answer for answer in answers if not is_refused(answer)]
    verdicts = Text("\n").join(stage.verdict(not is_refused(a), reservation_of(a)["title"]) for a in order)
    lines = [
        "Première arrivée, première servie : les voici dans l'ordre d'arrivée.",
        *free([answer for answer in order if is_refused(answer)][:1]),
    ]
    stage.tell(verdicts, f"{AT_ONCE} demandes au même instant pour Flexi 16, {stage.span(when)}", lines)
    return winners[0] if winners else None


def _move_and_pass_on(here: Scene, trainer: Client, day: date, winner: dict[str, Any] | None) -> None:
    """A move onto the winner's slot is refused; then the winner gives the slot back, and somebody else gets it."""
    if winner is None:
        return
    when = programme.when(day, time(10), time(11))
    moving = here.ask(trainer, "Comité de lecture", ["flexi-19"], programme.when(day, time(14), time(15)), 6)
    if not is_refused(moving):
        answer = trainer.patch(f"/reservations/{moving['id']}", {"resources": ["flexi-16"], **when})
        here.mails.expect(moving["id"], "REFUSAL")
        held = trainer.get(f"/reservations/{moving['id']}")
        kept = f"L'ancien créneau tient : {stage.rooms(held)}, {stage.span(held)}."
        tell(f"Déplacer « {moving['title']} » sur ce créneau pris", answer, and_so=[kept])
    here.mails.wait()  # told of the meeting first, so that its end is told too
    here.cancel(winner["id"])
    again = here.ask(trainer, "Réunion reportée", ["flexi-16"], when, 8)
    told = f"« {winner['title']} » a été annulée : le créneau s'est libéré à l'instant."
    tell("Redemander ce créneau après l'annulation de la gagnante", again, and_so=[told])
