"""Talks to the API as somebody, and shows every request it makes."""

import time
from collections.abc import Callable
from types import TracebackType
from typing import Any

import httpx2

from api.cli.telling.errors import StoryFailed

OnCall = Callable[[str, str, int, float], None]
"""Method, path, status, seconds."""

TIMEOUT = httpx2.Timeout(30.0)
LIVE = httpx2.Timeout(30.0, read=60.0)


class Api:
    """Keeps one token per person, as their browsers would."""

    def __init__(self, url: str, on_call: OnCall) -> None:
        # A proxy from the environment must not come between us and our own machine.
        self.http = httpx2.AsyncClient(base_url=url, timeout=TIMEOUT, trust_env=False)
        self._on_call = on_call

    async def __aenter__(self) -> "Api":
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.http.aclose()

    async def log_in(self, email: str, password: str) -> "Person":
        form = {"username": email, "password": password}
        token = (await self.call("POST", "/auth/token", data=form))["access_token"]
        return Person(self, {"Authorization": f"Bearer {token}"})

    async def call(self, method: str, path: str, quietly: bool = False, **options: Any) -> dict[str, Any]:
        began = time.monotonic()
        try:
            response = await self.http.request(method, path, **options)
        except httpx2.HTTPError as error:
            raise StoryFailed(f"{method} {path}: {error or type(error).__name__}") from error
        if not quietly:
            self._on_call(
                method, response.url.raw_path.decode(), response.status_code, time.monotonic() - began
            )
        if not response.is_success:
            raise StoryFailed(f"{method} {path} answered {response.status_code}: {response.text[:300]}")
        body: dict[str, Any] = response.json()
        return body


class Person:
    """Somebody who is logged in."""

    def __init__(self, api: Api, headers: dict[str, str]) -> None:
        self.api = api
        self.headers = headers

    async def post(self, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        return await self.api.call("POST", path, headers=self.headers, json=body)

    async def put(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        return await self.api.call("PUT", path, headers=self.headers, json=body)

    async def get(self, path: str, quietly: bool = False, **query: Any) -> dict[str, Any]:
        return await self.api.call("GET", path, quietly, headers=self.headers, params=query)
