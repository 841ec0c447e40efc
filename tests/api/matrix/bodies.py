"""Ids inside bodies: where the OpenAPI has them, and what comes of another's there."""

import copy
from collections.abc import Iterator
from typing import Any, NamedTuple

import httpx2

from tests.api.test_every_route import ALL, DOCUMENT, body_of, key, operation

SCHEMAS = DOCUMENT["components"]["schemas"]
IDS = {
    "agent": "agent_id",
    "for_tenant": "tenant_id",
    "partner_id": "partner_id",
    "place_id": "tenant_id",
    "tenant": "tenant_id",
    "to_partner_id": "partner_id",
    "user": "user_id",
    "workflow_id": "workflow_id",
}
"""Whose id is wanted, by what the field is called."""

DECIDED = {
    *(("post", "/workflows"), ("post", "/workflows/validate"), ("put", "/workflows/{workflow_id}")),
    *(("post", "/triggers"), ("put", "/triggers/{trigger_id}"), ("post", "/bundles")),
}
"""What a definition names is looked up where commands are decided: `tests/scenarios/test_foreign_ids.py`."""


class Place(NamedTuple):
    method: str
    path: str
    field: str

    @property
    def wanted(self) -> str:
        return IDS[self.field.rpartition(".")[2]]


def places() -> Iterator[Place]:
    for method, path in ALL:
        for content in operation(method, path).get("requestBody", {}).get("content", {}).values():
            for field in sorted(set(ids_in(content.get("schema", {})))):
                yield Place(method, path, field.removeprefix("."))


def ids_in(schema: dict[str, Any], field: str = "", seen: tuple[str, ...] = ()) -> Iterator[str]:
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        if name not in seen:
            yield from ids_in(SCHEMAS[name], field, (*seen, name))
    if schema.get("format") == "uuid":
        yield field
    for one in (one for word in ("anyOf", "oneOf", "allOf") for one in schema.get(word, ())):
        yield from ids_in(one, field, seen)
    for name, one in schema.get("properties", {}).items():
        yield from ids_in(one, f"{field}.{name}", seen)
    for word in ("items", "additionalProperties"):
        if isinstance(one := schema.get(word), dict):
            yield from ids_in(one, f"{field}.0", seen)


def body_with(place: Place, ids: dict[str, str], id_: str) -> Any:
    """The example of one's own things, and one that is not."""
    body = copy.deepcopy(body_of(place.method, place.path))
    for other in places():
        if other[:2] == place[:2]:
            put(body, other.field.split("."), ids[other.wanted])
    assert put(body, place.field.split("."), id_), f"the example has no place for {place.field}"
    return body


def put(body: Any, steps: list[str], id_: str) -> bool:
    *before, last = steps
    for step in before:
        if not (isinstance(body, list) and body) and not (isinstance(body, dict) and step in body):
            return False
        body = body[0] if isinstance(body, list) else body[step]
    body[last] = id_
    return True


async def told(
    client: httpx2.AsyncClient, place: Place, ids: dict[str, str], id_: str
) -> tuple[int, dict[str, Any]]:
    """The answer, with the id and what differs with every request taken out."""
    response = await client.request(
        place.method.upper(), place.path.format(**ids), json=body_with(place, ids, id_), headers=key()
    )
    said: dict[str, Any] = httpx2.Response(200, text=response.text.replace(id_, "ID")).json()
    return response.status_code, {name: said[name] for name in said if name != "request_id"}
