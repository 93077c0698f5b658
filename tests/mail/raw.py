"""A server that plays one dialogue byte by byte, for answers that no SMTP library would give."""

import socket
import ssl
import struct
import threading
import time
from contextlib import suppress
from typing import Self

Step = tuple[bytes, bytes]  # when what came ends with this, answer that


class RawServer:
    """Serves one connection: greets, plays the steps, then closes; `received` is all that the client said so far.

    With `drip` it does not close after the steps but sends one more byte every 50 ms for as long as anybody listens;
    with `tls` it goes encrypted instead and waits for the client to leave; with `reset` it sends a
    TCP reset instead of closing.
    """

    def __init__(
        self,
        *steps: Step,
        greeting: bytes = b"220 raw.test\r\n",
        drip: bool = False,
        tls: ssl.SSLContext | None = None,
        reset: bool = False,
    ) -> None:
        self.received = b""
        self.changed = threading.Condition()
        self._steps, self._greeting = steps, greeting
        self._drip, self._tls, self._reset = drip, tls, reset
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.settimeout(10)
        self._thread = threading.Thread(target=self._serve)

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self._listener.getsockname()[1]}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._thread.join(10)
        self._listener.close()

    def wait_for(self, ending: bytes) -> bool:
        with self.changed:
            return self.changed.wait_for(lambda: self.received.endswith(ending), timeout=10)

    def _serve(self) -> None:
        connection, _ = self._listener.accept()
        with connection:
            connection.settimeout(10)
            connection.sendall(self._greeting)
            for ending, answer in self._steps:
                if not self._read_until(connection, ending):
                    break
                connection.sendall(answer)
            if self._drip:
                self._drip_on(connection)

            if self._reset:
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            if self._tls:
                with suppress(OSError), self._tls.wrap_socket(connection, server_side=True) as encrypted:
                    self._read_until(encrypted, b"QUIT\r\n")

    def _drip_on(self, connection: socket.socket) -> None:
        with suppress(ConnectionError):
            while True:
                connection.sendall(b"x")
                time.sleep(0.05)

    def _read_until(self, connection: socket.socket, ending: bytes) -> bool:
        while not self.received.endswith(ending):
            try:
                more = connection.recv(65536)
            except ConnectionError:
                return False
            if not more:
                return False
            with self.changed:
                self.received += more
                self.changed.notify_all()
        return True
