"""People at work while everything breaks: they book, move, cancel and invite, and ask again until they are answered.

They also ask for options, stand in line, and take what is offered; a coordinator approves and declines.
"""

import random
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

ON_REQUEST, OFFERING = "flexi-19", "espace-ouvert"
ROOMS = ("espace-ouvert", "flexi-16", "flexi-19", "flexi-36", "escapelab")
AGAIN_AFTER = 0.3  # seconds between two tries, as an impatient client would
PATIENCE = 60.0
PACE = 0.3  # seconds from one wish of a person to the next
ANSWERS = {200, 201, 202, 204, 404, 409, 412}


@dataclass(frozen=True, slots=True)
class Asked:
    """One request that was answered: which title it bears in the book, what it asked for, and its reservation."""

    key: str
    title: str
    start: datetime
    end: datetime
    rooms: tuple[str, ...]
    id: int


@dataclass
class Diary:
    """What the people saw: every request that was accepted, every answer that should not be."""

    asked: list[Asked] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    answers: int = 0
    retries: int = 0
    same_answer: int = 0


class Person(threading.Thread):
    """One trainer with a token and a seed, busy until told to stop; whatever was begun is brought to its end."""

    pace = PACE

    def __init__(self, name: str, base_url: str, token: str, *, seed: int, days: int, stop: threading.Event) -> None:
        super().__init__(name=name)
        self.diary = Diary()
        self._chance = random.Random(f"{seed} {name}")
        self._days = days
        self._stop_asking = stop
        self._client = httpx.Client(base_url=base_url, headers={"Authorization": f"Bearer {token}"}, timeout=15)
        self._own: list[int] = []
        self._numbers: Iterator[int] = iter(range(1, 1_000_000))
        self._first_day = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=4)

    def run(self) -> None:
        doings = self.doings()
        with self._client:
            while not self._stop_asking.wait(self._chance.uniform(0, 2 * self.pace)):
                [do] = self._chance.choices(list(doings), weights=doings.values())
                try:
                    do()
                except Exception as error:  # noqa: BLE001  a thread is a process edge: the test must hear of it
                    self.diary.complaints.append(f"{self.name}, {do.__name__}: {error!r}")

    def doings(self) -> dict[Callable[[], None], int]:
        """What they do, and how often each of it."""
        return {
            self.book: 45,
            self.register: 8,
            self.move: 16,
            self.cancel: 9,
            self.confirm: 10,
            self.invite: 12,
            self.take_off: 10,
        }

    def book(self) -> None:
        title, start, end, rooms = self._wish()
        body: dict[str, Any] = {"title": title, "start": start.isoformat(), "end": end.isoformat(), "resources": rooms}
        body["attendees"] = self._guests(self._chance.randint(0, 2))
        if self._chance.random() < 0.5:
            body["if_taken"] = "wait"
        if self._chance.random() < 0.2:  # for some seconds, or for long enough to be reminded of
            seconds = self._chance.choice((self._chance.randint(4, 12), 40 * 3600))
            body["option_until"] = (datetime.now(UTC) + timedelta(seconds=seconds)).isoformat()
        prefer = {"Prefer": "wait=2"} if self._chance.random() < 0.4 else {}
        answer = self._send("POST", "/api/reservations", body, key=title, headers=prefer)
        shown = answer.json()
        shown = shown.get("reservation", shown)
        self.diary.asked.append(Asked(title, title, start, end, rooms, shown["id"]))
        self._own.append(shown["id"])
        if self._chance.random() < 0.2:  # an answer that got lost on the way looks like this
            again = self._send("POST", "/api/reservations", body, key=title).json()
            again = again.get("reservation", again)
            if again["id"] != shown["id"]:
                self.diary.complaints.append(f"{title} is reservation {shown['id']} and, asked again, {again['id']}")
            self.diary.same_answer += 1

    def register(self) -> None:
        """An activity with up to three sessions, one of them perhaps online."""
        title = f"{self.name} activity {next(self._numbers)}"
        wishes = [self._wish() for _ in range(self._chance.randint(1, 3))]
        sessions: list[dict[str, Any]] = [
            {"title": t, "resources": r, "start": s.isoformat(), "end": e.isoformat(), "attendees": self._guests(1)}
            for t, s, e, r in wishes
        ]
        if self._chance.random() < 0.3:
            sessions[0] |= {"place": "online", "where": "Visioconférence", "resources": []}
            wishes[0] = (*wishes[0][:3], ())
        plan = {"kind": "training", "title": title, "sessions": sessions}
        shown = self._send("POST", "/api/activities", plan, key=title).json()
        ids = {session["reservation"]["title"]: session["reservation"]["id"] for session in shown["sessions"]}
        for session_title, start, end, rooms in wishes:
            whole = f"{title} : {session_title}"
            self.diary.asked.append(Asked(title, whole, start, end, rooms, ids[whole]))
            self._own.append(ids[whole])

    def move(self) -> None:
        if not (shown := self._one_of_mine("confirmed", "tentative")):
            return
        _, start, end, rooms = self._wish()
        body: dict[str, Any] = {"start": start.isoformat(), "end": end.isoformat()}
        if shown["resources"] and self._chance.random() < 0.5:
            body["resources"] = rooms
        # a retry of a change that went through finds another version: 412 is a good answer then
        self._send("PATCH", f"/api/reservations/{shown['id']}", body, headers={"If-Match": f'"v{shown["version"]}"'})

    def cancel(self) -> None:
        if shown := self._one_of_mine("confirmed", "tentative", "requested", "waitlisted"):
            key = f"cancel {shown['id']} {next(self._numbers)}".replace(" ", "-")
            self._send("POST", f"/api/reservations/{shown['id']}/cancellation", {"reason": "reporté"}, key=key)

    def confirm(self) -> None:
        """An option, or what was offered, unless its time has just run out."""
        if (shown := self._one_of_mine("tentative")) and shown["hold"] in {"option", "offer"}:
            self._say(shown, "confirmation")

    def invite(self) -> None:
        if shown := self._one_of_mine("confirmed", "requested"):
            guests = {"attendees": self._guests(self._chance.randint(1, 2))}
            key = f"invite-{shown['id']}-{next(self._numbers)}"
            self._send("POST", f"/api/reservations/{shown['id']}/attendees", guests, key=key)

    def take_off(self) -> None:
        if shown := self._one_of_mine("confirmed"):
            people = self._send("GET", f"/api/reservations/{shown['id']}/attendees").json()
            guests = [person["id"] for person in people if person["role"] != "CHAIR"]
            if guests:
                path = f"/api/reservations/{shown['id']}/attendees/{self._chance.choice(guests)}"
                self._send("DELETE", path)

    def _say(self, shown: dict[str, Any], what: str) -> None:
        key = f"{what}-{shown['id']}-{next(self._numbers)}"
        self._send(
            "POST", f"/api/reservations/{shown['id']}/{what}", {} if what == "confirmation" else {"reason": ""}, key=key
        )

    def _one_of_mine(self, *states: str) -> dict[str, Any] | None:
        return self._shown(self._chance.choice(self._own), *states) if self._own else None

    def _shown(self, id_: int, *states: str) -> dict[str, Any] | None:
        shown: dict[str, Any] = self._send("GET", f"/api/reservations/{id_}").json()
        return shown if shown["state"] in states else None

    def _wish(self) -> tuple[str, datetime, datetime, tuple[str, ...]]:
        start = self._first_day + timedelta(days=self._chance.randrange(self._days), hours=self._chance.randint(8, 17))
        rooms = self._chance.sample(ROOMS, self._chance.choices((1, 2, 3), weights=(7, 2, 1))[0])
        end = start + timedelta(hours=self._chance.randint(1, 3))
        return f"{self.name}-{next(self._numbers)}", start, end, tuple(rooms)

    def _guests(self, count: int) -> list[dict[str, str]]:
        numbers = self._chance.sample(range(40), count)
        return [{"address": f"guest{n}@college.example", "language": "en" if n % 4 == 0 else "fr"} for n in numbers]

    def _send(
        self,
        method: str,
        path: str,
        body: dict[str, Any] | None = None,
        *,
        key: str = "",
        headers: dict[str, str] | None = None,
    ) -> httpx.Response:
        """Ask until there is an answer: a lost connection and a 503 are none."""
        given = (headers or {}) | ({"Idempotency-Key": key.replace(" ", "-")} if key else {})
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                answer = self._client.request(method, path, json=body, headers=given)
                if answer.status_code in ANSWERS:
                    self.diary.answers += 1
                    return answer
                problem = f"{answer.status_code} {answer.text[:300]}"
                if answer.status_code != 503:
                    self.diary.complaints.append(f"{method} {path} {key}: {problem}")
            except httpx.TransportError as error:
                problem = repr(error)
            if time.monotonic() > deadline:
                raise TimeoutError(f"{method} {path} was not answered for {PATIENCE} s: {problem}")
            self.diary.retries += 1
            threading.Event().wait(AGAIN_AFTER)


class Coordinator(Person):
    """Says yes or no to what awaits an answer, in no order, and seldom so soon that nobody had to be reminded."""

    pace = 6 * PACE

    def doings(self) -> dict[Callable[[], None], int]:
        return {self.answer: 1}

    def answer(self) -> None:
        awaiting = self._send("GET", "/api/reservations?state=tentative&limit=200").json()["items"]
        awaiting = [shown for shown in awaiting if shown["hold"] == "approval"]
        if awaiting:
            self._say(self._chance.choice(awaiting), self._chance.choice(("approval", "approval", "refusal")))
