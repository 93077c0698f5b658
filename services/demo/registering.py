"""Act one: the three activities are registered, or found as an earlier demo left them."""

import time
from typing import Any

from rich.text import Text

from services.demo import programme, stage
from services.demo.cast import Cast
from services.demo.client import Client
from services.demo.mails import Mails

CONFIRMED = "confirmed"


def register(coordinator: Client, trainer: Client, cast: Cast, mails: Mails) -> dict[str, dict[str, Any]]:
    """The activities by title, each decided."""
    known = _known(coordinator)
    registered = {}
    for plan in programme.activities():
        client = trainer if plan["kind"] == "training" else coordinator
        stage.act(plan["title"])
        if plan["title"] in known:
            activity = known[plan["title"]]
            stage.say("Déjà inscrite par une démonstration précédente, montrée telle qu'elle est.")
        else:
            begun = time.monotonic()
            with stage.console.status("Les demandes sont examinées…"):
                activity = client.post("/activities", _with_known_partner(plan, cast))
            count = len(activity["sessions"])
            stage.say(f"{count} séances demandées et décidées en {stage.seconds(time.monotonic() - begun)}.")
        _show(activity)
        for session in activity["sessions"]:
            if session["reservation"]["state"] == CONFIRMED:
                mails.expect(session["reservation"]["id"], "REQUEST")
        registered[activity["title"]] = activity
    return registered


def _known(client: Client) -> dict[str, dict[str, Any]]:
    titles = {plan["title"] for plan in programme.activities()}
    known: dict[str, dict[str, Any]] = {}
    page: dict[str, Any] = client.get("/activities", limit=100)
    while True:
        for activity in page["items"]:
            if activity["title"] in titles and not activity["cancelled_at"]:
                known.setdefault(activity["title"], activity)
        if not page["next"] or len(known) == len(titles):
            return known
        page = client.get("/activities", limit=100, cursor=page["next"])


def _with_known_partner(plan: dict[str, Any], cast: Cast) -> dict[str, Any]:
    """A partner that is not known here, or is a real one, is replaced by the demo's contact on every session."""
    name = plan.get("partner")
    if name is None or name in cast.partners:
        return plan
    contact = programme.people((programme.PARTNERS[name],))
    sessions = [{**session, "attendees": session["attendees"] + contact} for session in plan["sessions"]]
    return {**plan, "partner": None, "sessions": sessions}


def _show(activity: dict[str, Any]) -> None:
    if activity["partner"]:
        stage.say(f"Partenaire : {activity['partner']}, qui reçoit chaque invitation sans avoir de compte.")
    if activity["kind"] == "festival":
        _show_as_calendar(activity)
    else:
        columns = ("Quand", "Espace", "Séance", "Personnes", "Décision")
        rows: list[stage.Row] = [_row(activity, session["reservation"]) for session in activity["sessions"]]
        stage.show(columns, rows)


def _row(activity: dict[str, Any], reservation: dict[str, Any]) -> stage.Row:
    title = reservation["title"].removeprefix(f"{activity['title']} : ")
    people = str(reservation["people"])
    return stage.span(reservation), stage.rooms(reservation), title, people, decision(reservation)


def _show_as_calendar(activity: dict[str, Any]) -> None:
    """A line for each day, a column for each room and half-day."""
    columns = [(room, half) for room in programme.WORKSHOPS for half in programme.HALF_DAYS]
    grid: dict[str, dict[tuple[str, str], Text]] = {}
    names: dict[str, str] = {}
    for session in activity["sessions"]:
        reservation = session["reservation"]
        start, room = stage.moment(reservation["start"]), reservation["resources"][0]
        names[room["slug"]] = room["name"]
        half = "matin" if start.hour < 12 else "après-midi"  # noqa: PLR2004  noon
        group = reservation["title"].rpartition(", ")[2].removeprefix("centre ")
        cell = stage.verdict(reservation["state"] == CONFIRMED, f"{group}, {reservation['people']}")
        grid.setdefault(stage.day(start), {})[room["slug"], half] = cell
    for room, name in names.items():
        stage.say(f"{name} : {programme.WORKSHOPS[room].lower()}, avec le nombre d'élèves de chaque groupe.")
    heads = [f"{names.get(room, room)}\n{half}" for room, half in columns]
    rows: list[stage.Row] = [
        (day, *(cells.get(column, Text("-")) for column in columns)) for day, cells in grid.items()
    ]
    stage.show(("Jour", *heads), rows)


def decision(reservation: dict[str, Any]) -> Text:
    """What became of it, in a word."""
    words = {"confirmed": "confirmée", "refused": "refusée", "cancelled": "annulée", "requested": "en attente"}
    state = reservation["state"]
    return stage.verdict(state == CONFIRMED, words.get(state, state))
