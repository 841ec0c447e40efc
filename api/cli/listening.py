"""Waits on this machine for a browser that was sent away to come back, once (RFC 8252, loopback)."""

from collections.abc import Iterator
from contextlib import contextmanager
from hmac import compare_digest
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import Empty, Queue
from threading import Lock, Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

from api.cli.errors import Refused

HOST = "127.0.0.1"
LONGEST_SECONDS = 300.0
SLOW_SECONDS = 10
"""For one request: browsers open connections that they do not use."""

THANKS = b"Close this page and go back to the terminal.\n"
NO = b"Nobody waits for this.\n"


class Listener(ThreadingHTTPServer):
    """`state`: of the return that is waited for; nothing is taken before it is set."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__((HOST, 0), Return)
        self.state = ""
        self._once, self._came = Lock(), Queue[str](1)

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    def takes(self, target: str) -> bool:
        """The right one, and no second time."""
        given = parse_qs(urlsplit(target).query).get("state", [])
        right = (
            bool(self.state) and len(given) == 1 and compare_digest(given[0].encode(), self.state.encode())
        )
        return right and self._once.acquire(blocking=False)

    def hand_over(self, target: str) -> None:
        self._came.put(urlsplit(target).query)

    def query(self, seconds: float = LONGEST_SECONDS) -> str:
        """What the browser came back with."""
        try:
            return self._came.get(timeout=seconds)
        except Empty:
            raise Refused(f"nobody came back within {seconds:g} seconds.", "Begin again.") from None


class Return(BaseHTTPRequestHandler):
    server: Listener
    timeout = SLOW_SECONDS

    def do_GET(self) -> None:
        taken = self.server.takes(self.path)
        self.send_response(200 if taken else 404)
        for name, value in (("Content-Type", "text/plain"), ("Cache-Control", "no-store")):
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(THANKS if taken else NO)
        if taken:
            self.server.hand_over(self.path)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """What comes back holds a code: it is told nowhere."""


@contextmanager
def listening() -> Iterator[Listener]:
    with Listener() as listener:
        Thread(target=listener.serve_forever, daemon=True).start()
        try:
            yield listener
        finally:
            listener.shutdown()
