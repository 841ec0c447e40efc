"""Users of the API as patient clients: the same request under the same key until it is answered for good."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from random import Random
from typing import Any
from uuid import UUID

import httpx2

from schemas.tenancy.types import TENANT_SUSPENDED

PASSWORD = "a password of the drill"
TRY_SECONDS = 10.0
PATIENCE_SECONDS = 600.0
PAUSE_SECONDS = 0.2
LOOKS, LOOK_SECONDS = 10, 1.0
DOUBLED = 0.1
"""The share of requests an impatient client sends twice at once."""

SAID_AT_THE_EDGE = "Its people may pay"
"""Of a refusal that is not a decision: those of decisions are stored under the request's key."""

PASSING = (httpx2.codes.TOO_MANY_REQUESTS, httpx2.codes.UNAUTHORIZED)

Json = dict[str, Any]


class Refused(Exception):
    """The API said no, and would say so again."""

    def __init__(self, message: str, code: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass
class User:
    """`lots`: set for a client that is impatient."""

    http: httpx2.AsyncClient
    id: UUID
    email: str
    lots: Random | None = None
    _headers: dict[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"user:{self.id}"

    async def post(self, path: str, key: str, body: Json | None = None) -> Json:
        return await self._ask("POST", path, {"Idempotency-Key": key}, json=body or {})

    async def get(self, path: str, **query: Any) -> Json:
        return await self._ask("GET", path, {}, params=query)

    async def pages(self, path: str, **query: Any) -> AsyncIterator[Json]:
        """All items of a list."""
        page: Json = {"next_cursor": ""}
        while (cursor := page["next_cursor"]) is not None:
            page = await self.get(path, **query, limit=100, **({"cursor": cursor} if cursor else {}))
            for item in page["items"]:
                yield item

    async def log_in(self) -> None:
        form = {"username": self.email, "password": PASSWORD}
        async with asyncio.timeout(PATIENCE_SECONDS):
            while True:
                response = await self._try("POST", "/auth/token", {}, data=form)
                if response is not None and response.is_success:
                    self._headers = {"Authorization": f"Bearer {response.json()['access_token']}"}
                    return
                await asyncio.sleep(PAUSE_SECONDS)

    async def _ask(self, method: str, path: str, headers: dict[str, str], **options: Any) -> Json:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while True:
                tries = 2 if self.lots and headers and self.lots.random() < DOUBLED else 1
                requests = (self._try(method, path, headers, **options) for _ in range(tries))
                responses = [found for found in await asyncio.gather(*requests) if found is not None]
                if final := [found for found in responses if is_final(found)]:
                    return answer_of(final[0])
                await self._wait(responses)

    async def _wait(self, responses: Sequence[httpx2.Response]) -> None:
        """What is queued is asked after for a while; then it is sent again, for it may be lost."""
        if any(found.status_code == httpx2.codes.UNAUTHORIZED for found in responses):
            await self.log_in()
            return
        for place in {found.headers["Location"] for found in responses if "Location" in found.headers}:
            for _ in range(LOOKS):
                await asyncio.sleep(LOOK_SECONDS)
                decided = await self._try("GET", place, {})
                if decided is not None and decided.is_success:
                    return
        await asyncio.sleep(PAUSE_SECONDS)

    async def _try(
        self, method: str, path: str, headers: dict[str, str], **options: Any
    ) -> httpx2.Response | None:
        """None: no answer came, and nobody knows what became of the request."""
        try:
            return await self.http.request(method, path, headers=self._headers | headers, **options)
        except httpx2.HTTPError:
            return None


def is_final(response: httpx2.Response) -> bool:
    """Not an outage, nor a token that is too old, nor a command that is queued and not decided yet.

    Nor what the edge tells a suspended tenant: nothing was decided, and an earlier try may have been.
    """
    if response.status_code >= 500 or response.status_code in PASSING:
        return False
    if response.status_code == httpx2.codes.FORBIDDEN:
        problem = response.json()
        return problem.get("code") != TENANT_SUSPENDED or SAID_AT_THE_EDGE not in problem["detail"]
    return response.status_code != httpx2.codes.ACCEPTED or response.json().get("status") != "pending"


def answer_of(response: httpx2.Response) -> Json:
    body: Json = response.json()
    if not response.is_success:
        code = str(body.get("code"))
        raise Refused(f"{response.request.url.path} answered {response.status_code} {code}", code)
    return body


@asynccontextmanager
async def http_client(url: str) -> AsyncIterator[httpx2.AsyncClient]:
    limits = httpx2.Limits(max_connections=64)
    async with httpx2.AsyncClient(
        base_url=url, timeout=httpx2.Timeout(TRY_SECONDS, pool=None), limits=limits, trust_env=False
    ) as http:
        yield http
