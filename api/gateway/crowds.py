"""How many requests may be under way together, in this process and from one address."""

from collections import Counter

from starlette.types import ASGIApp, Receive, Scope, Send

from api.errors import ApiProblem, respond
from api.gateway.addresses import counted_as
from api.gateway.kinds import Kind, kind_of


class Crowd:
    def __init__(self, most: int, most_of_one: int) -> None:
        self.most, self.most_of_one = most, most_of_one
        self.inside = 0
        self.of_one: Counter[str] = Counter()

    def enter(self, ip: str) -> bool:
        if self.inside >= self.most or self.of_one[ip] >= self.most_of_one:
            return False
        self.inside += 1
        self.of_one[ip] += 1
        return True

    def leave(self, ip: str) -> None:
        self.inside -= 1
        self.of_one[ip] -= 1
        if not self.of_one[ip]:
            del self.of_one[ip]


class Crowds:
    """Streams last: they have a crowd of their own, and take no place from requests."""

    def __init__(self, app: ASGIApp, requests: Crowd, streams: Crowd) -> None:
        self.app = app
        self.requests, self.streams = requests, streams

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        kind = kind_of(scope) if scope["type"] == "http" else None
        if kind is None:
            await self.app(scope, receive, send)
            return
        crowd = self.streams if kind is Kind.STREAM else self.requests
        ip = counted_as(scope["state"]["ip"])
        if not crowd.enter(ip):
            await respond(overloaded(), scope)(scope, receive, send)
            return
        try:
            await self.app(scope, receive, send)
        finally:
            crowd.leave(ip)


def overloaded() -> ApiProblem:
    detail = "Too many requests are under way. Try again soon."
    return ApiProblem(503, "service.overloaded", detail, headers={"Retry-After": "1"})
