"""Every operation of today's OpenAPI, for attacks that go through all of them."""

from collections.abc import Iterator
from typing import Any

from schemas.envelope import Actor
from tests.api.test_every_route import DOCUMENT as DOCUMENT
from tests.api.test_every_route import Foreign, operations
from tests.api.test_every_route import body_of as body_of
from tests.api.test_every_route import key as key
from tests.api.test_every_route import operation as operation
from tests.api.world import World

ALL = list(operations())
WITH_BODY = [pair for pair in ALL if isinstance(body_of(*pair), dict)]
JSON = {"Content-Type": "application/json"}


async def peopled(world: World) -> dict[str, str]:
    """Ids, by the names of path parameters, of things Zoe and her partner own."""
    return (await Foreign(world).make()).ids


def owners(world: World) -> list[Actor]:
    """Who may do something with them, by what they are."""
    return [world.admin, world.rival, world.zoe]


async def able(world: World, method: str, path: str, ids: dict[str, str]) -> Actor:
    """Somebody whose role may do it; the others are turned away before anything is looked at."""
    for actor in owners(world):
        async with world.client(actor) as client:
            place = path.format(**ids)
            response = await client.request(method.upper(), place, json=body_of(method, path), headers=key())
        if response.status_code != 403 or response.json()["code"] != "auth.forbidden":
            return actor
    raise AssertionError(f"nobody may {method} {path}")


def leaves(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Places of an example that hold no more places."""
    if isinstance(value, dict | list) and value:
        for name, item in value.items() if isinstance(value, dict) else enumerate(value):
            yield from leaves(item, (*path, name))
    else:
        yield path


def declared(method: str, path: str) -> set[int]:
    return {int(status) for status in operation(method, path)["responses"]}
