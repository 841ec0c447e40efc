import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest

from tests.api.test_tenancy import PARTNER, TENANT
from tests.api.world import AGENT, DEFINITION, World, problem


def changed(body: dict[str, Any], path: str, value: Any) -> dict[str, Any]:
    """A copy with one value set, or removed when it is `...`."""
    copy = json.loads(json.dumps(body))
    *parents, last = path.split(".")
    place = copy
    for part in parents:
        place = place[int(part)] if part.isdigit() else place[part]
    if value is ...:
        del place[last]
    else:
        place[last] = value
    return copy  # type: ignore[no-any-return]


PARTNERS = [
    ("name", ..., "missing"),
    ("name", "", "string_too_short"),
    ("name", "x" * 121, "string_too_long"),
    ("name", 7, "string_type"),
    ("name", "a\0b", "nul_character"),
    ("admin.email", "nobody", "string_pattern_mismatch"),
    ("admin.password", "short", "too_short"),
    ("admin.password", "x" * 129, "too_long"),
    ("admin.password", "pia@new.EXAMPLE", "password_is_email"),
    ("admin.role", "platform_admin", "unknown_field"),
    ("terms.markup_percent", -1, "greater_than_equal"),
    ("terms.markup_percent", "NaN", "finite_number"),
    ("terms.markup_percent", True, "decimal_type"),
    ("terms.commission_percent", "100.1", "less_than_equal"),
    ("terms.commission_percent", "1.1234567", "decimal_max_places"),
    ("tenant_id", "x", "unknown_field"),
]


@pytest.mark.parametrize("path, value, code", PARTNERS)
async def test_every_wrong_field_is_named(
    world: World, admin: httpx2.AsyncClient, path: str, value: Any, code: str
) -> None:
    told = problem(await admin.post("/partners", json=changed(PARTNER, path, value)), 422, "request.invalid")
    assert [(found["path"], found["code"]) for found in told["problems"]] == [(path, code)]
    assert world.bus.sent == []


TENANTS = [
    ("subdomain", "Beta", "string_pattern_mismatch"),
    ("subdomain", "a", "string_pattern_mismatch"),
    ("subdomain", "beta.evil", "string_pattern_mismatch"),
    ("monthly_budget_usd", "-0.01", "greater_than_equal"),
    ("monthly_budget_usd", "Infinity", "finite_number"),
    ("monthly_budget_usd", "1e30", "decimal_max_digits"),
]


@pytest.mark.parametrize("path, value, code", TENANTS)
async def test_a_tenants_fields_are_checked(
    world: World, reseller: httpx2.AsyncClient, path: str, value: Any, code: str
) -> None:
    body = changed(TENANT, path, value)
    response = await reseller.post(f"/partners/{world.partner}/tenants", json=body)
    told = problem(response, 422, "request.invalid")
    assert [(found["path"], found["code"]) for found in told["problems"]] == [(path, code)]


LLM = {"type": "llm", "id": "a", "model": "local/smollm2", "prompt": "hi"}
FLOW = {"name": "Flow", "definition": {"nodes": [LLM], "output": ""}}
WORKFLOWS = [
    ("definition.nodes.0.max_output_tokens", True, "int_type"),
    ("definition.nodes.0.max_output_tokens", "5", "int_type"),
    ("definition.nodes.0.temperature", 3, "less_than_equal"),
    ("definition.nodes.0.prompt", ..., "missing"),
    ("definition.nodes.0.id", "Not An Id", "string_pattern_mismatch"),
    ("definition.nodes.0.code", "import os", "unknown_field"),
    ("definition.nodes.0", {"type": "shell", "id": "a"}, "union_tag_invalid"),
    ("definition.nodes", [], "too_short"),
    ("definition.inputs", {"x": {"type": "money"}}, "literal_error"),
]


@pytest.mark.parametrize("path, value, code", WORKFLOWS)
async def test_a_definition_is_checked_down_to_its_nodes(
    anna: httpx2.AsyncClient, path: str, value: Any, code: str
) -> None:
    if path.endswith("nodes.0"):
        body = {**FLOW, "definition": {**DEFINITION, "nodes": [value]}}
    else:
        body = changed(FLOW, path, value)
    told = problem(await anna.post("/workflows", json=body), 422, "request.invalid")
    (found,) = told["problems"]
    assert (found["path"].startswith(path), found["code"]) == (True, code)


async def test_all_problems_come_at_once(admin: httpx2.AsyncClient) -> None:
    told = problem(await admin.post("/partners", json={"x": 1}), 422, "request.invalid")
    assert {found["path"] for found in told["problems"]} == {"name", "x"}


async def test_a_password_is_not_told_back(admin: httpx2.AsyncClient) -> None:
    response = await admin.post("/partners", json=changed(PARTNER, "admin.password", "hunter2"))
    assert "hunter2" not in response.text


NOT_JSON = [b"", b"{", b"nonsense", b'{"a": NaN}', b"\xff", b"[" * 5000, b'{"a":"\\ud800"}', b"1" * 9999]


@pytest.mark.parametrize("raw", NOT_JSON)
async def test_what_is_not_json_is_said_to_be_malformed(anna: httpx2.AsyncClient, raw: bytes) -> None:
    response = await anna.post("/agents", content=raw, headers={"Content-Type": "application/json"})
    problem(response, 400, "request.malformed_json")


@pytest.mark.parametrize("raw", [b"[]", b"null", b"3", b'"x"'])
async def test_json_that_is_no_object_is_invalid(anna: httpx2.AsyncClient, raw: bytes) -> None:
    problem(await anna.post("/agents", content=raw), 422, "request.invalid")


async def test_what_cannot_be_stored_is_refused_wherever_it_is(
    world: World, anna: httpx2.AsyncClient
) -> None:
    for raw, path in (
        (b'{"inputs": {"x": ["\\u0000"]}}', "inputs.x.0"),
        (b'{"inputs": {"x": {"\\u0000": 1}}}', "inputs.x"),
        (b'{"inputs": {"x": [1e999]}}', "inputs.x.0"),
    ):
        told = problem(
            await anna.post(f"/workflows/{world.tenant}/execute", content=raw), 422, "request.invalid"
        )
        assert told["problems"][0]["path"] == path


async def test_only_json_is_json(anna: httpx2.AsyncClient) -> None:
    for kind in ("text/plain", "application/x-www-form-urlencoded", "application/jsonp"):
        raw = json.dumps(AGENT).encode()
        response = await anna.post("/agents", content=raw, headers={"Content-Type": kind})
        problem(response, 415, "request.not_json")
    for kind in ("application/json; charset=utf-8", "application/vnd.x+json", "APPLICATION/JSON"):
        response = await anna.post("/agents", content=raw, headers={"Content-Type": kind})
        assert response.status_code == 201


async def test_a_body_that_says_it_is_too_large_is_not_read(anna: httpx2.AsyncClient) -> None:
    problem(await anna.post("/agents", content=b"x" * 1_048_577), 413, "request.too_large")


@pytest.mark.parametrize("path", ["/agents", "/auth/token"])
async def test_a_body_without_a_length_is_cut_off(anna: httpx2.AsyncClient, path: str) -> None:
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        while True:
            sent += 65_536
            yield b"x" * 65_536
            await asyncio.sleep(0)

    kind = "application/x-www-form-urlencoded" if "auth" in path else "application/json"
    response = await anna.post(path, content=endless(), headers={"Content-Type": kind})
    problem(response, 413, "request.too_large")
    assert sent <= 1_048_576 + 2 * 65_536


async def test_just_small_enough_is_fine(anna: httpx2.AsyncClient) -> None:
    raw = json.dumps(AGENT).encode().ljust(1_048_576)
    assert (await anna.post("/agents", content=raw)).status_code == 201


async def test_an_id_must_be_one(anna: httpx2.AsyncClient) -> None:
    told = problem(await anna.get("/agents/seven"), 422, "request.invalid")
    assert told["problems"][0]["path"] == "path.agent_id"


async def test_unknown_places_and_methods_are_problems(nobody: httpx2.AsyncClient) -> None:
    problem(await nobody.get("/nowhere"), 404, "request.unknown_route")
    problem(await nobody.get("/agents/"), 404, "request.unknown_route")
    response = await nobody.delete("/agents")
    problem(response, 405, "request.method_not_allowed")
    assert response.headers["allow"] in ("GET", "POST", "GET, POST")


async def test_a_bug_tells_nothing(world: World, anna: httpx2.AsyncClient) -> None:
    async def explode(*_: Any) -> None:
        raise RuntimeError("secret dsn postgres://u:p@host")

    world.reads.agents = explode  # type: ignore[assignment,method-assign]
    response = await anna.get("/agents")
    problem(response, 500, "service.failed")
    assert "secret" not in response.text


async def test_a_request_id_is_kept_when_it_is_harmless(nobody: httpx2.AsyncClient) -> None:
    for given, kept in (("abc-1.2", True), ("x" * 129, False), ("a b", False), ("", False)):
        response = await nobody.get("/health/live", headers={"X-Request-Id": given})
        assert (response.headers["x-request-id"] == given) is kept
    assert response.headers["x-content-type-options"] == "nosniff"
