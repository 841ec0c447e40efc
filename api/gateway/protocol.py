"""HTTP as uvicorn speaks it, with bounds on the head of a request: its size, its lines, its time.

The server itself has none: it waits for ever for a head, and keeps all of it.
"""

import asyncio
import json
from http import HTTPStatus
from uuid import uuid4

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from api.errors import MEDIA_TYPE, ApiProblem, body_of

HEAD_SECONDS = 10.0
HEAD_BYTES = 32_768
HEAD_LINES = 100
LINGER_SECONDS = 1.0
"""So long, what a refused client still sends is thrown away: cut off, it might not see the answer."""


MALFORMED = ApiProblem(400, "request.malformed", "This is not HTTP as it must be.")
TOO_LARGE = ApiProblem(
    431, "request.head_too_large", f"At most {HEAD_LINES} header lines and {HEAD_BYTES} bytes."
)
TOO_SLOW = ApiProblem(408, "request.too_slow", f"Headers must be here within {HEAD_SECONDS:g} seconds.")


class GuardedHttp(HttpToolsProtocol):
    _in_head = False
    _heads = 0
    _bytes = 0
    _unparsed = 0
    _problem = MALFORMED
    _refused = False
    _deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._await_head()

    def connection_lost(self, exc: Exception | None) -> None:
        self._head_is_here()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._refused:
            return
        heads = self._heads
        super().data_received(data)
        self._unparsed = self._unparsed + len(data) if heads == self._heads else 0
        if self._in_head and self._unparsed > HEAD_BYTES:
            self.refuse(TOO_LARGE)

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._heads += 1
        self._bytes = self._unparsed = 0
        self._in_head = True
        self._await_head()

    def on_url(self, url: bytes) -> None:
        self._count(len(url))
        super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        """Trailers too."""
        self._count(len(name) + len(value))
        super().on_header(name, value)

    def _count(self, more: int) -> None:
        """Raising ends the connection with `send_400_response`."""
        self._bytes += more
        if self._bytes > HEAD_BYTES or len(self.headers) >= HEAD_LINES:
            self._problem = TOO_LARGE
            raise ValueError("the head is too large")

    def on_headers_complete(self) -> None:
        self._in_head = False
        self._head_is_here()
        super().on_headers_complete()

    def send_400_response(self, msg: str) -> None:
        self.refuse(self._problem)

    def refuse(self, problem: ApiProblem) -> None:
        """Before there is a request there is no app to answer it."""
        if self._refused or self.transport.is_closing():
            return
        self._refused = True
        self._head_is_here()
        self.transport.write(raw(problem))
        if self.transport.can_write_eof():
            self.transport.write_eof()
        self.loop.call_later(LINGER_SECONDS, self.transport.close)

    def _await_head(self) -> None:
        if self._deadline is None:
            self._deadline = self.loop.call_later(HEAD_SECONDS, self._too_slow)

    def _head_is_here(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _too_slow(self) -> None:
        self.refuse(TOO_SLOW)


def raw(problem: ApiProblem) -> bytes:
    request_id = str(uuid4())
    body = json.dumps(body_of(problem, request_id)).encode()
    lines = (
        f"HTTP/1.1 {problem.status_code} {HTTPStatus(problem.status_code).phrase}",
        f"content-type: {MEDIA_TYPE}",
        f"content-length: {len(body)}",
        f"x-request-id: {request_id}",
        "x-content-type-options: nosniff",
        "connection: close",
    )
    return "\r\n".join([*lines, "", ""]).encode() + body
