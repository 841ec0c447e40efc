"""An API that answers the command line as a test says, and remembers what it was asked."""

from collections.abc import Callable
from typing import Any

import httpx2

ME = {"email": "nina@new.example", "role": "tenant_owner"}
PLACES = {"items": [{"name": "New Things", "current": True}]}
TOKEN = {"access_token": "a1", "refresh_token": "r1", "expires_in": 600}
Answer = Callable[[httpx2.Request], httpx2.Response]


class Edge:
    """What the API would answer, and what it was asked."""

    def __init__(self) -> None:
        self.answers: dict[str, Any] = {"GET /auth/me": ME, "GET /auth/memberships": PLACES}
        self.seen: list[httpx2.Request] = []

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        self.seen.append(request)
        answer = self.answers[f"{request.method} {request.url.path}"]
        return answer(request) if callable(answer) else httpx2.Response(200, json=answer)

    def bearers(self, path: str) -> list[str]:
        return [one.headers["authorization"] for one in self.seen if one.url.path == path]


def refusing(status: int, code: str, **more: Any) -> Answer:
    problem = {"code": code, "detail": "No.", "problems": [], **more}
    return lambda request: httpx2.Response(status, json=problem)
