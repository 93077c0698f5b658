"""A scene of the demo: what is asked, answered and booked in it, told as it comes, and given back at its end."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from typing import Any

from services.demo import programme, stage
from services.demo.client import Client, is_refused
from services.demo.mails import Mails
from shared.domain.errors import CreneauError

FIRST_DAY = date(2027, 11, 22)
DAYS = 60
# by state, what its people hear of first: an invitation, a letter with the reason, or a note beside the calendar
FIRST_MAIL = {"confirmed": "REQUEST", "refused": "REFUSAL", "tentative": "NOTICE", "waitlisted": "NOTICE"}


@dataclass(slots=True)
class Scene:
    """What was booked, and by whom, so that whoever booked it gives it back."""

    mails: Mails
    booked: dict[int, Client] = field(default_factory=dict)

    def ask(
        self, client: Client, title: str, rooms: Sequence[str], when: dict[str, str], people: int, **more: Any
    ) -> dict[str, Any]:
        """The answer: the reservation, or the problem that explains why not."""
        body = {"title": title, "resources": list(rooms), "people": people, **when, **more}
        answer: dict[str, Any] = client.post("/reservations", body)
        reservation = reservation_of(answer)
        self.mails.expect(reservation["id"], FIRST_MAIL[reservation["state"]])
        if not is_refused(answer):
            self.booked[reservation["id"]] = client
        return answer

    def do(self, client: Client, verb: str, reservation: int, reason: str = "") -> dict[str, Any]:
        """Confirm or approve what is held, so that its people are invited."""
        done: dict[str, Any] = client.post(f"/reservations/{reservation}/{verb}", {"reason": reason} if reason else {})
        self.mails.expect(reservation, "REQUEST")
        return done

    def cancel(self, reservation: int) -> None:
        self.booked.pop(reservation).post(f"/reservations/{reservation}/cancellation", {"reason": "démonstration"})
        self.mails.expect(reservation, "CANCEL")

    def give_back(self) -> None:
        if self.booked:
            self.mails.wait()  # whoever was never told of a meeting is not told of its end either
        for reservation in list(self.booked):
            self.cancel(reservation)


@contextmanager
def scene(mails: Mails) -> Iterator[Scene]:
    """A scene that leaves the rooms as it found them, so that another demo can ask for them again."""
    opened = Scene(mails)
    try:
        yield opened
    finally:
        opened.give_back()


def reservation_of(answer: dict[str, Any]) -> dict[str, Any]:
    reservation: dict[str, Any] = answer["reservation"] if is_refused(answer) else answer
    return reservation


def tell(asked: str, answer: dict[str, Any], *, yes: str = "confirmée", and_so: Sequence[str] = ()) -> None:
    """For a refusal its reason, who holds the room and what is free; `and_so` is what else is to be seen."""
    if not is_refused(answer):
        stage.tell(stage.verdict(True, yes), asked, and_so)
        return
    holders = [
        f"{c['room']['name']} : « {c['title']} », {stage.span(c)}, par {c['requested_by']}"
        for c in answer["conflicts"][:2]
    ]
    stage.tell(stage.verdict(False, "refusée"), asked, [answer["detail"], *holders, *free([answer]), *and_so])


def free(refusals: list[dict[str, Any]]) -> list[str]:
    return [f"→ libre : {_instead(found)}" for answer in refusals for found in answer["alternatives"]]


def _instead(found: dict[str, Any]) -> str:
    otherwise = ", autrement disposé" if found.get("reason") == "other_layout" else ""
    return f"{stage.rooms(found)}, {stage.span(found)}{otherwise}"


def free_day(client: Client, *rooms: str) -> date:
    """The first weekday after the festival on which these rooms are free."""
    for n in range(DAYS):
        day = FIRST_DAY + timedelta(days=n)
        if day.weekday() < programme.SATURDAY and not is_busy(client, rooms, programme.when(day, time(8), time(20))):
            return day
    raise CreneauError(f"{' and '.join(rooms)} are taken on every day after the festival: nothing is left to play on.")


def is_busy(client: Client, rooms: Sequence[str], when: dict[str, str]) -> bool:
    found = [
        client.get("/rooms/free-busy", **{"from": when["start"], "to": when["end"], "room": room}) for room in rooms
    ]
    return any(room["busy"] for answer in found for room in answer)
