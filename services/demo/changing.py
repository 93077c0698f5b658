"""Act seven: a session moves and a participant leaves, so that calendars get an update and a cancellation."""

from datetime import time
from typing import Any

from services.demo import programme, stage
from services.demo.client import Client, is_refused
from services.demo.mails import Mails
from services.demo.registering import CONFIRMED

MORNING, AFTERNOON = (time(9), time(12)), (time(14), time(17))


def change(trainer: Client, training: dict[str, Any], mails: Mails) -> None:
    """Move the last session of the training, and take somebody off the first one."""
    stage.act("Ce qui change en route")
    held = [session for session in training["sessions"] if session["reservation"]["state"] == CONFIRMED]
    if not held:
        stage.say("Aucune séance de la formation n'est confirmée : rien à changer.")
        return
    _move(trainer, held[-1], mails)
    _take_off(trainer, held[0]["reservation"], mails)


def _move(trainer: Client, session: dict[str, Any], mails: Mails) -> None:
    """To the morning, or back to the afternoon when an earlier demo moved it to the morning."""
    start = stage.moment(session["reservation"]["start"])
    hours = AFTERNOON if start.hour == MORNING[0].hour else MORNING
    told = mails.announced(session["reservation"]["id"], "REQUEST")
    answer = trainer.patch(f"/sessions/{session['id']}", programme.when(start.date(), *hours))
    if is_refused(answer):
        stage.say(f"La séance du {stage.day(start)} ne peut pas changer d'heure : {answer['detail']}")
        return
    mails.expect_at_least(told + 1, session["reservation"]["id"], "REQUEST")
    before, after = stage.span(session["reservation"]), stage.span(answer["reservation"])
    stage.say(f"Séance déplacée : {before} → {after}. Chacun reçoit la mise à jour du même rendez-vous.")


def _take_off(trainer: Client, reservation: dict[str, Any], mails: Mails) -> None:
    address, name = programme.LATECOMER
    people = f"/reservations/{reservation['id']}/attendees"
    listed = [person for person in trainer.get(people) if person["address"] == address]
    if not listed:  # an earlier demo took them off
        told = mails.announced(reservation["id"], "REQUEST")
        invited = trainer.post(people, {"attendees": programme.people((programme.LATECOMER,))})
        mails.expect_at_least(told + 1, reservation["id"], "REQUEST")
        mails.wait()
        listed = [person for person in invited if person["address"] == address]
    told = mails.announced(reservation["id"], "CANCEL")
    trainer.delete(f"{people}/{listed[0]['id']}")
    mails.expect_at_least(told + 1, reservation["id"], "CANCEL")
    stage.say(f"{name} ne vient plus le {stage.span(reservation)} : annulation pour lui seul, rien pour les autres.")
