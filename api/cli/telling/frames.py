"""Server-sent events of one run, as they come."""

import json
from collections.abc import AsyncIterator
from typing import Any

import httpx2

from api.cli.telling.client import LIVE, Person
from api.cli.telling.errors import StoryFailed


async def frames(person: Person, path: str) -> AsyncIterator[tuple[str, dict[str, Any]]]:
    """Event name and data of each server-sent event."""
    kind = ""
    try:
        async with person.api.http.stream("GET", path, headers=person.headers, timeout=LIVE) as response:
            if response.status_code != httpx2.codes.OK:
                raise StoryFailed(f"GET {path} answered {response.status_code}")
            async for line in response.aiter_lines():
                if line.startswith("event: "):
                    kind = line.removeprefix("event: ")
                elif line.startswith("data: "):
                    told = json.loads(line.removeprefix("data: "))
                    if kind == "problem":
                        raise StoryFailed(f"GET {path}: {told['code']}: {told['detail']}")
                    yield kind, told
    except httpx2.HTTPError as error:
        raise StoryFailed(f"GET {path}: {error or type(error).__name__}") from error
