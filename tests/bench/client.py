"""A lean HTTP/1.1 client: prepared bytes out, status and body in, so that little is measured but the server."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from typing import Self


@dataclass(slots=True)
class Answer:
    """Status, body, and how long it took in seconds."""

    status: int
    body: bytes
    took: float


class Client:
    """One keep-alive connection."""

    def __init__(self, port: int, token: str) -> None:
        self._port = port
        self._token = token

    async def __aenter__(self) -> Self:
        self._reader, self._writer = await asyncio.open_connection("127.0.0.1", self._port, limit=2**24)
        return self

    async def __aexit__(self, *_: object) -> None:
        self._writer.close()
        await self._writer.wait_closed()

    async def get(self, path: str) -> Answer:
        return await self._exchange(f"GET {path} HTTP/1.1\r\n", b"")

    async def post(self, path: str, body: bytes, *, wait: int = 0) -> Answer:
        return await self.send("POST", path, body, wait=wait)

    async def send(self, method: str, path: str, body: bytes, *, wait: int = 0, **headers: str) -> Answer:
        lines = [f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items()]
        prefer = [f"Prefer: wait={wait}\r\n"] if wait else []
        head = f"{method} {path} HTTP/1.1\r\n{''.join(prefer + lines)}Content-Type: application/json\r\n"
        return await self._exchange(head, body)

    async def _exchange(self, head: str, body: bytes) -> Answer:
        began = time.perf_counter()
        rest = f"Host: localhost\r\nAuthorization: Bearer {self._token}\r\nContent-Length: {len(body)}\r\n\r\n"
        self._writer.write((head + rest).encode() + body)
        header = await self._reader.readuntil(b"\r\n\r\n")
        length = int(header.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
        content = await self._reader.readexactly(length)
        return Answer(int(header[9:12]), content, time.perf_counter() - began)


@dataclass(slots=True)
class Run:
    """What came back in one run, and how long the run took."""

    answers: list[Answer] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def per_second(self) -> float:
        return len(self.answers) / self.seconds

    def ms(self, quantile: float) -> float:
        """That quantile of the answering times, in milliseconds."""
        times = sorted(answer.took for answer in self.answers)
        return times[min(int(len(times) * quantile), len(times) - 1)] * 1000

    def summary(self) -> dict[str, float]:
        return {
            "count": len(self.answers),
            "per_second": round(self.per_second, 1),
            "p50_ms": round(self.ms(0.5), 2),
            "p95_ms": round(self.ms(0.95), 2),
            "p99_ms": round(self.ms(0.99), 2),
        }


Call = Callable[[Client], Awaitable[Answer]]


async def closed_loop(port: int, token: str, calls: Iterator[Call], *, clients: int, seconds: float) -> Run:
    """So many clients, each asking again as soon as it has its answer."""
    run, end = Run(), time.perf_counter() + seconds

    async def one() -> None:
        async with Client(port, token) as client:
            while time.perf_counter() < end:
                run.answers.append(await next(calls)(client))

    began = time.perf_counter()
    await asyncio.gather(*(one() for _ in range(clients)))
    run.seconds = time.perf_counter() - began
    return run


async def open_loop(port: int, token: str, calls: Iterator[Call], *, rate: float, seconds: float) -> Run:
    """So many requests a second, whether or not the ones before are answered; times count from when each was due."""
    run, idle = Run(), asyncio.Queue[Client]()
    async with asyncio.TaskGroup() as group:
        began = time.perf_counter()
        for n in range(int(rate * seconds)):
            due = began + n / rate
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            group.create_task(_at(due, idle, port, token, next(calls), run))
    run.seconds = time.perf_counter() - began
    while not idle.empty():
        await idle.get_nowait().__aexit__()
    return run


async def _at(due: float, idle: "asyncio.Queue[Client]", port: int, token: str, call: Call, run: Run) -> None:
    client = await Client(port, token).__aenter__() if idle.empty() else idle.get_nowait()
    answer = await call(client)
    answer.took = time.perf_counter() - due
    run.answers.append(answer)
    idle.put_nowait(client)
