"""Act two: requests that cannot all be granted, each with its answer, its reason and what is free instead."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from typing import Any

from rich.text import Text

from services.demo import programme, stage
from services.demo.client import Client, is_refused
from services.demo.mails import Mails
from shared.domain.errors import CreneauError

FESTIVAL_DAY = date(2027, 11, 9)
FIRST_DAY = date(2027, 11, 22)
DAYS = 60
AT_ONCE = 5


def collide(trainer: Client, mails: Mails) -> None:
    """Play the collisions; what was booked for them is given back at the end."""
    stage.act("Des demandes qui se heurtent")
    scene = _Scene(trainer, mails, _free_day(trainer))
    try:
        _ask_too_late(scene)
        _ask_for_what_is_not_there(scene)
        _move_and_pass_on(scene, _ask_all_at_once(scene))
    finally:
        scene.give_back()
    stage.say("Les réservations de cet acte ont été rendues : une autre démonstration peut les redemander.")


@dataclass(slots=True)
class _Scene:
    """One free day in two rooms, and what was booked on it."""

    client: Client
    mails: Mails
    day: date
    booked: list[int] = field(default_factory=list)

    def ask(self, title: str, rooms: list[str], when: dict[str, str], people: int) -> dict[str, Any]:
        answer: dict[str, Any] = self.client.post(
            "/reservations", {"title": title, "resources": rooms, "people": people, **when}
        )
        reservation = answer["reservation"] if is_refused(answer) else answer
        self.mails.expect(reservation["id"], "REFUSAL" if is_refused(answer) else "REQUEST")
        if not is_refused(answer):
            self.booked.append(answer["id"])
        return answer

    def cancel(self, reservation: int) -> None:
        self.booked.remove(reservation)
        self.client.post(f"/reservations/{reservation}/cancellation", {"reason": "démonstration"})
        self.mails.expect(reservation, "CANCEL")

    def give_back(self) -> None:
        if self.booked:
            self.mails.wait()  # whoever was never told of a meeting is not told of its end either
        for reservation in list(self.booked):
            self.cancel(reservation)


def _ask_too_late(scene: _Scene) -> None:
    morning = programme.when(FESTIVAL_DAY, time(10), time(12))
    answer = scene.ask("Lecture à voix haute, 3e B", ["flexi-36"], morning, 26)
    _tell("Une classe demande Flexi 36 à 10:00, pendant le festival", answer)
    answer = scene.ask("Escape game et débriefing", ["escapelab", "flexi-36"], morning, 8)
    is_free = not _busy(scene.client, ["escapelab"], morning)
    kept = "Tout ou rien : l'EscapeLAB reste libre." if is_free else ""
    _tell("Deux espaces d'un coup, dont un est pris : EscapeLAB et Flexi 36", answer, and_so=kept)


def _ask_for_what_is_not_there(scene: _Scene) -> None:
    answer = scene.ask("Conférence", ["flexi-16"], programme.when(scene.day, time(15), time(16)), 30)
    _tell("30 personnes dans Flexi 16", answer)


def _ask_all_at_once(scene: _Scene) -> dict[str, Any] | None:
    """The one that won, if the slot was free at all."""
    when = programme.when(scene.day, time(10), time(11))
    with ThreadPoolExecutor(AT_ONCE) as pool:
        asked = [pool.submit(scene.ask, f"Réunion {n}", ["flexi-16"], when, 8) for n in range(1, AT_ONCE + 1)]
        answers = [future.result() for future in asked]
    order = sorted(answers, key=lambda a: a["reservation"]["id"] if is_refused(a) else a["id"])
    winners = [answer for answer in answers if not is_refused(answer)]
    verdicts = Text("\n").join(
        stage.verdict(not is_refused(a), (a["reservation"] if is_refused(a) else a)["title"]) for a in order
    )
    lines = [
        "Première arrivée, première servie : les voici dans l'ordre d'arrivée.",
        *_free([answer for answer in order if is_refused(answer)][:1]),
    ]
    stage.tell(verdicts, f"{AT_ONCE} demandes au même instant pour Flexi 16, {stage.span(when)}", lines)
    return winners[0] if winners else None


def _move_and_pass_on(scene: _Scene, winner: dict[str, Any] | None) -> None:
    """A move onto the winner's slot is refused; then the winner gives the slot back, and somebody else gets it."""
    if winner is None:
        return
    when = programme.when(scene.day, time(10), time(11))
    moving = scene.ask("Comité de lecture", ["flexi-19"], programme.when(scene.day, time(14), time(15)), 6)
    if not is_refused(moving):
        answer = scene.client.patch(f"/reservations/{moving['id']}", {"resources": ["flexi-16"], **when})
        scene.mails.expect(moving["id"], "REFUSAL")
        held = scene.client.get(f"/reservations/{moving['id']}")
        kept = f"L'ancien créneau tient : {stage.rooms(held)}, {stage.span(held)}."
        _tell(f"Déplacer « {moving['title']} » sur ce créneau pris", answer, and_so=kept)
    scene.mails.wait()  # told of the meeting first, so that its end is told too
    scene.cancel(winner["id"])
    again = scene.ask("Réunion reportée", ["flexi-16"], when, 8)
    told = f"« {winner['title']} » a été annulée : le créneau s'est libéré à l'instant."
    _tell("Redemander ce créneau après l'annulation de la gagnante", again, and_so=told)


def _tell(asked: str, answer: dict[str, Any], *, and_so: str = "") -> None:
    """For a refusal its reason, who holds the room and what is free; `and_so` is what else is to be seen."""
    if not is_refused(answer):
        stage.tell(stage.verdict(True, "confirmée"), asked, [and_so])
        return
    holders = [
        f"{c['room']['name']} : « {c['title']} », {stage.span(c)}, par {c['requested_by']}"
        for c in answer["conflicts"][:2]
    ]
    stage.tell(
        stage.verdict(False, "refusée"), asked, [answer["detail"], *holders, *_free([answer]), *filter(None, [and_so])]
    )


def _free(refusals: list[dict[str, Any]]) -> list[str]:
    return [f"→ libre : {stage.rooms(a)}, {stage.span(a)}" for answer in refusals for a in answer["alternatives"]]


def _free_day(client: Client) -> date:
    """The first weekday after the festival on which the two rooms of the scene are free."""
    for n in range(DAYS):
        day = FIRST_DAY + timedelta(days=n)
        whole = programme.when(day, time(8), time(20))
        if day.weekday() < programme.SATURDAY and not _busy(client, ["flexi-16", "flexi-19"], whole):
            return day
    raise CreneauError(
        "Flexi 16 and Flexi 19 are taken on every day after the festival: nothing is left to collide on."
    )


def _busy(client: Client, rooms: list[str], when: dict[str, str]) -> bool:
    found = [
        client.get("/rooms/free-busy", **{"from": when["start"], "to": when["end"], "room": room}) for room in rooms
    ]
    return any(room["busy"] for answer in found for room in answer)
