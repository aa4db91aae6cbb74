# SPDX-License-Identifier: GPL-3.0-or-later
"""A server that answers each connection with given bytes: what even a misbehaving simulator cannot say."""

from __future__ import annotations

import contextlib
import socketserver
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence

Answer = bytes | Callable[[], Iterable[bytes]]


class RawServer(socketserver.TCPServer):
    """Answers the n-th request with the n-th answer, and further ones with the last; ``keep`` keeps connections.

    An answer is bytes, or a function that makes pieces of them, with pauses as it likes. Nothing is an end of the
    connection.
    """

    def __init__(self, answers: Sequence[Answer], *, keep: bool = False) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answers = list(answers)
        self.keep = keep
        self.received: list[bytes] = []
        self.connections = 0

    @property
    def port(self) -> int:
        return int(self.server_address[1])


class _Handler(socketserver.StreamRequestHandler):
    server: RawServer

    def handle(self) -> None:
        self.server.connections += 1
        while self._answer() and self.server.keep:
            pass

    def _answer(self) -> bool:
        head, length = b"", 0
        while (line := self.rfile.readline()) not in (b"\r\n", b""):
            head += line
            if line.lower().startswith(b"content-length:"):
                length = int(line.split(b":")[1])
        if not head:
            return False
        number = len(self.server.received)
        self.server.received.append(head + b"\r\n" + self.rfile.read(length))
        answer = self.server.answers[min(number, len(self.server.answers) - 1)]
        with contextlib.suppress(OSError):  # whoever asked may be gone
            for piece in [answer] if isinstance(answer, bytes) else answer():
                self.wfile.write(piece)
            return answer != b""
        return False


@contextlib.contextmanager
def raw_server(*answers: Answer, keep: bool = False) -> Iterator[RawServer]:
    with RawServer(answers, keep=keep) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


def http(body: bytes, status: str = "200 OK", content_type: str = "application/json", *headers: str) -> bytes:
    """One answer, after which the connection is closed."""
    lines = [f"HTTP/1.1 {status}", f"Content-Type: {content_type}", f"Content-Length: {len(body)}", *headers]
    return "\r\n".join([*lines, "Connection: close", "", ""]).encode() + body
