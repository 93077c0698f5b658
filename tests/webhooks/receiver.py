"""A partner's system: a real HTTP server that keeps what it gets, and misbehaves as told."""

import threading
from collections import deque
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

from standardwebhooks import Webhook


@dataclass(frozen=True)
class Received:
    """One request: where to, its headers in lower case, its bytes."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]

    def verified(self, secret: str) -> Any:
        """What it tells, as the library of Standard Webhooks reads it; raises WebhookVerificationError."""
        return Webhook(secret).verify(self.body, self.headers)


class Receiver:
    """Listens on a free port of this machine; answers what is in line, then always 204.

    An answer is a status, a status with headers and a body, or a way to misbehave: hang, close, drip, endless.
    """

    def __init__(self) -> None:
        self.received: list[Received] = []
        self.answers: deque[Any] = deque()
        self.let_go = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._server.handle_error = lambda *_: None  # type: ignore[method-assign]  # whoever hangs up is meant to

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hooks?of=creneau"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.let_go.set()
        self._server.shutdown()
        self._server.server_close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                headers = {name.lower(): value for name, value in self.headers.items()}
                receiver.received.append(Received(self.path, headers, body))
                answer = receiver.answers.popleft() if receiver.answers else 204
                receiver.answer(self, answer)

            def log_message(self, *_: object) -> None:
                pass

        return Handler

    def answer(self, handler: BaseHTTPRequestHandler, answer: Any) -> None:
        if answer == "close":
            handler.close_connection = True
            return
        if answer == "hang":
            self.let_go.wait(30)
            handler.close_connection = True
            return
        if answer == "garbage":
            handler.wfile.write(b"\x16\x03\x01 hello\r\n\r\n")
            handler.close_connection = True
            return
        status, headers, body = (answer, {}, b"") if isinstance(answer, int) else answer
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name, value)
        if body in {"endless", "drip"}:
            self._go_on(handler, quickly=body == "endless")
            return
        handler.send_header("content-length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    def _go_on(self, handler: BaseHTTPRequestHandler, *, quickly: bool) -> None:
        """A body that does not end."""
        handler.send_header("content-length", str(10**12))
        handler.end_headers()
        while not self.let_go.is_set():
            handler.wfile.write(b"x" * 65536 if quickly else b"x")
            if not quickly:
                self.let_go.wait(0.1)
