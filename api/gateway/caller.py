"""Puts on each request who calls (`state.ip`) and whether the way to us was https (`state.https`)."""

from collections.abc import Sequence

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from api.gateway.addresses import Network, caller, parsed, trusted

NOBODY = "unknown"
"""Who has no address, as on a Unix socket."""


class Caller:
    def __init__(self, app: ASGIApp, proxies: Sequence[Network] = ()) -> None:
        self.app = app
        self.proxies = proxies

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            scope.setdefault("state", {}).update(self._told(scope))
        await self.app(scope, receive, send)

    def _told(self, scope: Scope) -> dict[str, object]:
        peer = parsed(scope["client"][0]) if scope.get("client") else None
        https = scope.get("scheme") == "https"
        if not trusted(peer, self.proxies):
            return {"ip": str(peer or NOBODY), "https": https}
        headers = Headers(scope=scope)
        found = caller(peer, headers.getlist("x-forwarded-for"), self.proxies)
        return {"ip": str(found), "https": https or headers.get("x-forwarded-proto") == "https"}
