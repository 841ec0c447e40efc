"""Fields nobody asked for, in every object of every body of every operation."""

import copy
from collections.abc import Iterator
from typing import Any

import pytest

from tests.api.attacks.routes import DOCUMENT, WITH_BODY, body_of, key, operation, owners, peopled
from tests.api.world import World

WISHED = {
    "id": "9b1deb4d-3b7d-4bad-9bdd-2b0d7b3dcb6d",
    "tenant_id": "00000000-0000-0000-0000-000000000000",
    "partner_id": "00000000-0000-0000-0000-000000000000",
    "role": "platform_admin",
    "permissions": ["partners:create"],
    "status": "active",
    "actor": "system",
    "created_at": "2020-01-01T00:00:00Z",
    "position": 1,
    "is_admin": True,
    "__class__": "Actor",
    "__proto__": {"role": "platform_admin"},
    "constructor": {"prototype": {"role": "platform_admin"}},
}
FREE = {("post", "/payments/stripe/webhook")}
"""Not our form: taken as Stripe sends it, when it is signed."""


def with_field(body: dict[str, Any], name: str) -> dict[str, Any]:
    return {**copy.deepcopy(body), name: WISHED[name]}


def wishes(body: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Fields the body does not have."""
    return ((name, with_field(body, name)) for name in WISHED if name not in body)


@pytest.mark.parametrize("method, path", [pair for pair in WITH_BODY if pair not in FREE])
async def test_no_field_is_taken_that_is_not_in_the_document(world: World, method: str, path: str) -> None:
    ids = await peopled(world)
    before = len(world.bus.sent)
    for actor in owners(world):
        async with world.client(actor) as client:
            for name, body in wishes(body_of(method, path)):
                place = path.format(**ids)
                response = await client.request(method.upper(), place, json=body, headers=key())
                assert response.status_code in (403, 422), (name, response.text)
                if response.status_code == 422:
                    (found,) = response.json()["problems"]
                    assert (found["path"], found["code"]) == (name, "unknown_field")
    assert len(world.bus.sent) == before


def objects(schema: Any, seen: set[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every object with named fields a body is made of."""
    if isinstance(schema, list):
        for item in schema:
            yield from objects(item, seen)
    elif isinstance(schema, dict):
        name = str(schema.get("$ref", "")).removeprefix("#/components/schemas/")
        if name and name not in seen:
            seen.add(name)
            yield name, DOCUMENT["components"]["schemas"][name]
            yield from objects(DOCUMENT["components"]["schemas"][name], seen)
        for key, part in schema.items():
            if key not in ("example", "examples"):
                yield from objects(part, seen)


def test_no_object_inside_a_body_is_open() -> None:
    """Maps have no fields of their own; what has them takes no others."""
    bodies = [operation(*pair)["requestBody"] for pair in WITH_BODY if pair not in FREE]
    found = dict(objects(bodies, set()))
    assert len(found) > 50
    assert [
        name for name, one in found.items() if "properties" in one and one.get("additionalProperties")
    ] == []
    open_ = [name for name, one in found.items() if "properties" in one and "additionalProperties" not in one]
    assert open_ == []
