"""Every operation of today's OpenAPI, for attacks that go through all of them."""

from collections.abc import Iterator
from typing import Any

from tests.api.test_every_route import DOCUMENT, Foreign, body_of, key, operation, operations
from tests.api.world import World

ALL = list(operations())
WITH_BODY = [pair for pair in ALL if isinstance(body_of(*pair), dict)]
JSON = {"Content-Type": "application/json"}


async def peopled(world: World) -> dict[str, str]:
    """Ids, by the names of path parameters, of things Zoe and her partner own."""
    return (await Foreign(world).make()).ids


def owners(world: World) -> list[Any]:
    """Who may do something with them, by what they are."""
    return [world.admin, world.rival, world.zoe]


def leaves(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Places of an example that hold no more places."""
    if isinstance(value, dict | list) and value:
        for name, item in value.items() if isinstance(value, dict) else enumerate(value):
            yield from leaves(item, (*path, name))
    else:
        yield path


def declared(method: str, path: str) -> set[int]:
    return {int(status) for status in operation(method, path)["responses"]}


__all__ = [
    "ALL",
    "DOCUMENT",
    "JSON",
    "WITH_BODY",
    "body_of",
    "declared",
    "key",
    "leaves",
    "owners",
    "peopled",
]
