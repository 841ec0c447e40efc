"""The guide's requests, in its order, answered as it says."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import httpx2
import pytest

from tests.api.factors import code
from tests.api.oidc_world import query_of, two_providers, world_with
from tests.api.world import World
from tests.support.authenticator import Authenticator
from tests.support.oidc_provider import RealProvider

GUIDE = (Path(__file__).parents[2] / "docs" / "guide-identity-factors.md").read_text()
BLOCKS = [block.strip().splitlines() for block in re.findall(r"```http\n(.*?)```", GUIDE, re.DOTALL)]
ANSWER = re.compile(r"(\d{3})(?: ([a-z_.]+))?(?:: (.*))?")
NAME = re.compile(r"\$([a-z_]+)")


class Reader:
    """Somebody who does what the guide says. `known`: what they were told on the way."""

    def __init__(self, world: World) -> None:
        self.world, self.device = world, Authenticator()
        self.known: dict[str, Any] = {}

    async def value(self, name: str) -> str:
        match name:
            case "code":
                self.world.seconds += 30
                self.known["used"] = code(self.world, self.known["secret"])
                return str(self.known["used"])
            case "recovery_code":
                return str(self.known["recovery_codes"][0])
            case "created":
                return json.dumps(self.device.create(self.known["public_key"]))
            case "shown":
                return json.dumps(self.device.get(self.known["public_key"]))
            case "query":
                return await query_of(self.known["url"])
        return str(self.known[name])

    async def filled(self, text: str) -> str:
        for name in NAME.findall(text):
            text = text.replace(f"${name}", await self.value(name))
        return text

    async def do(self, client: httpx2.AsyncClient, block: list[str]) -> None:
        asked, *body, expected = block
        method, path = (await self.filled(asked)).split(" ", 1)
        answer = await client.request(method, path, **form_of([await self.filled(line) for line in body]))
        match = ANSWER.fullmatch(expected)
        assert match, expected
        told = answer.json()
        assert (str(answer.status_code), told.get("code")) == (match[1], match[2]), answer.text
        names = match[3].split(", ") if match[3] else []
        assert told.keys() >= set(names)
        self.known |= told


def form_of(body: list[str]) -> dict[str, Any]:
    if not body:
        return {}
    [line] = body
    if line.startswith("{"):
        return {"json": json.loads(line)}
    return {"data": {"grant_type": "password", **dict(parse_qsl(line))}}


@pytest.fixture(scope="module")
def peers() -> Iterator[dict[str, RealProvider]]:
    with two_providers() as made:
        yield made


async def test_every_request_of_the_guide_is_answered_as_it_says(peers: dict[str, RealProvider]) -> None:
    world = world_with(peers)
    reader = Reader(world)
    me = (await world.signed_in(world.anna)).model_copy(update={"mfa": True})
    assert len(BLOCKS) >= 13
    async with world.client(me) as client:
        for block in BLOCKS:
            await reader.do(client, block)


def test_every_path_of_the_guide_is_a_route() -> None:
    paths = {re.sub(r"\{\w+\}", "*", path) for path in world_paths()}
    found = re.findall(r"(?:POST|GET|PATCH|DELETE) (/auth/[^\s`]*)", GUIDE)
    named = {path.partition("?")[0] for path in found}
    unknown = {path for path in named if re.sub(r"<\w+>|\{\w+\}|full", "*", path) not in paths}
    assert named and not unknown


def world_paths() -> Iterator[str]:
    yield from World().app.openapi()["paths"]
