"""A small name server on a free port: text records, and names for which it fails or keeps silent."""

from collections import Counter
from socketserver import BaseRequestHandler, ThreadingUDPServer
from threading import Thread
from typing import Self

import dns.flags
import dns.message
import dns.rcode
import dns.rrset


class NameServer:
    """`texts` by name in lower case, without the last dot; `asked` counts the questions."""

    def __init__(self) -> None:
        self.texts: dict[str, list[str]] = {}
        self.failing: set[str] = set()
        self.silent: set[str] = set()
        self.asked: Counter[str] = Counter()
        answer = self._answer

        class Handler(BaseRequestHandler):
            def handle(self) -> None:
                data, socket = self.request
                if reply := answer(data):
                    socket.sendto(reply, self.client_address)

        self._server = ThreadingUDPServer(("127.0.0.1", 0), Handler)
        self._thread = Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def _answer(self, data: bytes) -> bytes | None:
        query = dns.message.from_wire(data)
        name = query.question[0].name.to_text(omit_final_dot=True).lower()
        self.asked[name] += 1
        if name in self.silent:
            return None
        reply = dns.message.make_response(query)
        reply.flags |= dns.flags.RA
        if name in self.failing:
            reply.set_rcode(dns.rcode.SERVFAIL)
        elif name in self.texts:
            records = [_quoted(text) for text in self.texts[name]]
            reply.answer.append(dns.rrset.from_text(query.question[0].name, 60, "IN", "TXT", *records))
        else:
            reply.set_rcode(dns.rcode.NXDOMAIN)
        return reply.to_wire()


def _quoted(text: str) -> str:
    """A record is strings of 255 characters at most."""
    return " ".join(f'"{text[start : start + 200]}"' for start in range(0, len(text), 200))
