"""Values JSON and URLs can say and nobody means, at every place of every body and in every parameter."""

import copy
import json
from typing import Any
from urllib.parse import quote

import httpx2
import pytest

from tests.api.attacks.routes import (
    ALL,
    JSON,
    WITH_BODY,
    able,
    body_of,
    declared,
    key,
    leaves,
    operation,
    peopled,
)
from tests.api.world import AGENT, World, problem

MARK = "@@here@@"
DEEP = 1_000
RAW = {
    "a bool": "true",
    "a huge integer": "9" * 400,
    "a huge float": "1e999999",
    "a tiny float": "1e-999999",
    "a huge decimal": '"1e999999"',
    "a tiny decimal": '"1e-999999"',
    "NaN": '"NaN"',
    "a signalling NaN": '"sNaN"',
    "minus nothing": "-0.0",
    "a NUL": '"a\\u0000b"',
    "half a character": '"\\ud800"',
    "the last character": '"\\udbff\\udfff"',
    "right to left": '"\\u202e\\u2066x"',
    "long": '"' + "x" * 10_000 + '"',
    "deep": "[" * DEEP + "]" * DEEP,
    "a year too many": '"+10000-01-01T00:00:00Z"',
    "the year nought": '"0000-01-01T00:00:00Z"',
    "the last second": '"9999-12-31T23:59:60Z"',
    "a zone too far": '"9999-12-31T23:59:59-23:59"',
    "an object": '{"": {"$ref": "#"}}',
    "null": "null",
}
IN_URLS = [
    *("-1", "0", "9" * 40, "1e999999", "NaN", "true", "", " ", "null", "[]", "{}", "٣", "１"),
    *(
        "../../etc/passwd",
        "..%2f..%2fetc%2fpasswd",
        "\u202e",
        "\ud7ff",
        "' OR 1=1 --",
        "%",
        "${jndi:ldap://x}",
    ),
    *("2026-02-30T00:00:00Z", "0000-01", "9999-12", "x" * 600, "AAAA", "LTE", "//////////8"),
]


def with_raw(body: dict[str, Any], place: "Place", raw: str) -> bytes:
    marked = copy.deepcopy(body)
    inside: Any = marked
    for part in place[:-1]:
        inside = inside[part]
    inside[place[-1]] = MARK
    return json.dumps(marked).replace(f'"{MARK}"', raw).encode()


Place = tuple[str | int, ...]


def places() -> dict[tuple[str, str], list[Place]]:
    """Of each operation's example, the places that no operation before it had under the same name."""
    seen: set[str | int] = set()
    found: dict[tuple[str, str], list[Place]] = {}
    for pair in WITH_BODY:
        for place in leaves(body_of(*pair)):
            if place and place[-1] not in seen:
                seen.add(place[-1])
                found.setdefault(pair, []).append(place)
    return found


PLACES = places()


@pytest.mark.parametrize("method, path", PLACES)
async def test_no_value_in_a_body_is_a_bug_of_ours(world: World, method: str, path: str) -> None:
    ids = await peopled(world)
    body = body_of(method, path)
    async with world.client(await able(world, method, path, ids)) as client:
        for place in PLACES[method, path]:
            for what, raw in RAW.items():
                content, headers = with_raw(body, place, raw), {**JSON, **key()}
                response = await client.request(
                    method.upper(), path.format(**ids), content=content, headers=headers
                )
                assert response.status_code != 500, (place, what, response.text)
                assert response.status_code in declared(method, path), (place, what, response.text)


def parameters() -> list[tuple[str, str, str, str]]:
    """One operation for each parameter that is like no other: method, path, where it is, its name."""
    found: dict[str, tuple[str, str, str, str]] = {}
    for method, path in ALL:
        for one in operation(method, path).get("parameters", []):
            if one["in"] != "header" and one["name"] != "follow":
                like = f"{one['in']} {one['name']} {one['schema']}"
                found.setdefault(like, (method, path, one["in"], one["name"]))
    return list(found.values())


@pytest.mark.parametrize("method, path, where, name", parameters())
async def test_no_value_in_a_url_is_a_bug_of_ours(
    world: World, method: str, path: str, where: str, name: str
) -> None:
    ids = await peopled(world)
    if where == "path":
        urls = [path.format(**{**ids, name: quote(text, safe="")}) for text in IN_URLS]
    else:
        urls = [f"{path.format(**ids)}?{name}={quote(text, safe='%')}" for text in IN_URLS]
        urls += [
            f"{path.format(**ids)}?{name}=1&{name}=2",
            f"{path.format(**ids)}?{name}=x&%ff=%fe&&=&a=%c0%80",
        ]
    async with world.client(await able(world, method, path, ids)) as client:
        for url in urls:
            response = await client.request(method.upper(), url, json=body_of(method, path), headers=key())
            assert response.status_code != 500, (url, response.text)
            routed = {405} if where == "path" else set()
            assert response.status_code in declared(method, path) | routed, (url, response.text)


@pytest.mark.parametrize(
    "raw", [b'{"name": "a", "name": "b", %s}', b'{%s, "name": "a"}', b'{"name": "a", %s, "tenant_id": 1}']
)
async def test_a_field_that_comes_twice_is_never_two_things(
    world: World, anna: httpx2.AsyncClient, raw: bytes
) -> None:
    """What is checked is what is sent: the last one."""
    definition = b'"definition": ' + json.dumps(AGENT["definition"]).encode()
    response = await anna.post("/agents", content=raw % definition, headers=JSON)
    if response.status_code == 201:
        assert world.bus.sent[-1].data["name"] in ("a", "b")
        assert (
            raw.rindex(world.bus.sent[-1].data["name"].encode())
            == max(raw.rfind(b'"a"'), raw.rfind(b'"b"')) + 1
        )
    else:
        problem(response, 422, "request.invalid")


ENCODINGS = [
    "utf-16",
    "utf-32",
    "utf-8-sig",
    "latin-1",
]


@pytest.mark.parametrize("encoding", ENCODINGS)
async def test_json_is_utf_8(anna: httpx2.AsyncClient, encoding: str) -> None:
    content = json.dumps({**AGENT, "name": "Gr\u00fc\u00dfer"}, ensure_ascii=False).encode(encoding)
    response = await anna.post("/agents", content=content, headers=JSON)
    problem(response, 400, "request.malformed_json")


@pytest.mark.parametrize(
    "method", ["GET", "HEAD", "DELETE", "OPTIONS", "TRACE", "CONNECT", "PATCH", "QUERY", "get"]
)
async def test_no_method_is_a_bug_of_ours(world: World, anna: httpx2.AsyncClient, method: str) -> None:
    for path in ("/agents", "/auth/token", "/health/live", "/docs", "/openapi.json", "/nowhere"):
        response = await anna.request(method, path, content=b'{"a": 1}', headers=JSON)
        assert response.status_code in (200, 404, 405), (method, path, response.text)
    assert world.bus.sent == []


async def test_a_body_where_none_is_read_is_not_read(world: World, anna: httpx2.AsyncClient) -> None:
    for content in (b"{", b"\xff", b"x" * 100_000, b'{"tenant_id": "x"}'):
        assert (await anna.request("GET", "/agents", content=content, headers=JSON)).status_code == 200


KINDS = [
    "multipart/form-data; boundary=x",
    "application/xml",
    "text/json",
    "application/json/x",
    ";",
    "application/x-yaml",
    "é/ü",
    "application/json\x00",
]


@pytest.mark.parametrize("kind", KINDS)
async def test_nothing_else_is_taken_for_json(world: World, anna: httpx2.AsyncClient, kind: str) -> None:
    headers = [(b"content-type", kind.encode())]
    problem(
        await anna.post("/agents", content=json.dumps(AGENT).encode(), headers=headers),
        415,
        "request.not_json",
    )
    assert world.bus.sent == []
