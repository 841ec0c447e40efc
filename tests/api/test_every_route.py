"""Rules that hold for every operation of the OpenAPI document, whatever is added later."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID, uuid4

import httpx2
import jsonschema
import pytest

from api.app import assemble
from api.models.tools import TOOL
from api.parts import Limits
from infra.eventstore.types import Payload
from schemas.access import Role
from schemas.base import PartnerId, TenantId
from schemas.envelope import Actor
from schemas.execution.events import ExecutionSucceeded
from tests.api.fake_money_bus import add_credit_note, add_invoice
from tests.api.world import AGENT, TRIGGER, WORKFLOW, World

DOCUMENT = assemble(Limits()).openapi()
HOOK = "/hooks/{trigger_id}"
STRIPE = "/payments/stripe/webhook"
ACCEPT = "/invitations/accept"
PUBLIC = {"/auth/token", "/.well-known/jwks.json", "/health/live", "/health/ready", "/metrics", HOOK, STRIPE}
PUBLIC |= {ACCEPT}
FOREIGN_IDS = (
    *("partner_id", "tenant_id", "agent_id", "workflow_id", "job_id", "command_id"),
    *("other_id", "payload_hash", "trigger_id", "occurrence", "entry_ref", "call_key"),
    *("invoice_id", "credit_note_id", "user_id", "invitation_id", "service_id", "key_id", "impersonation_id"),
)
NAMES = {
    "tool_name": "find_order",
    "secret_name": "SHOP_KEY",
    "node": "ask",
    "name": "paid",
    "version_number": "1",
    "rate_id": "rate:acme/gpt:2027-01-01",
    "terms_id": "terms:1:2027-01-01",
    "period": "2026-10",
    "level": "0",
    "tile": "999",
    "form": "csv",
}
OWN_NAMES = {("put", "/tools/{tool_name}"), ("put", "/secrets/{secret_name}")}
"""A name is free in every tenant: setting it is never about what another has under it."""

FOR_THE_PLATFORM = {
    ("post", "/executions/{job_id}/terminate"),
    ("post", "/impersonations/{impersonation_id}/token"),
    ("delete", "/rates/system/{rate_id}"),
    ("delete", "/rates/partner/{partner_id}/{terms_id}"),
    ("post", "/ledger/entries/{entry_ref}/reverse"),
    ("post", "/tenants/{tenant_id}/adjustments"),
    ("post", "/tenants/{tenant_id}/periods/{period}/close"),
    ("post", "/wallets/{tenant_id}/top-ups"),
    ("put", "/wallets/{tenant_id}/mode"),
    ("put", "/partners/{partner_id}/budget"),
    ("post", "/payments/{invoice_id}/receipt"),
    ("post", "/payments/{invoice_id}/refunds"),
    ("post", "/payments/{invoice_id}/cancel"),
    ("post", "/payments/{invoice_id}/write-off"),
}
"""What no role may do that does not see everything."""


def operations() -> Iterator[tuple[str, str]]:
    for path, methods in DOCUMENT["paths"].items():
        for method in methods:
            yield method, path


def operation(method: str, path: str) -> dict[str, Any]:
    found: dict[str, Any] = DOCUMENT["paths"][path][method]
    return found


def body_of(method: str, path: str) -> Any:
    content = operation(method, path).get("requestBody", {}).get("content", {})
    return content.get("application/json", {}).get("example")


ALL = list(operations())
SECURED = [(method, path) for method, path in ALL if path not in PUBLIC]
WITH_IDS = [pair for pair in SECURED if "{" in pair[1] and pair not in OWN_NAMES]


class Foreign:
    """Another partner's world: ids that exist and must look as if they did not."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.ids: dict[str, str] = {}

    async def make(self) -> "Foreign":
        world, zoe = self.world, self.world.zoe
        agent_id = await world.make("/agents", AGENT, zoe)
        workflow_id = await world.make("/workflows", WORKFLOW, zoe)
        await world.make_version(workflow_id, zoe)
        job_id = await world.make(f"/agents/{agent_id}/execute", {"message": "x"}, zoe)
        trigger_id = await world.make("/triggers", {**TRIGGER, "workflow_id": str(workflow_id)}, zoe)
        await world.deliver(trigger_id, zoe, "d-1")
        event = ExecutionSucceeded(execution_id=job_id, output="secret")
        world.reads.record(f"execution-{job_id}", world.other_tenant, event)
        world.reads.payloads.append((world.other_tenant, Payload("ab" * 32, "t", b"secret")))
        world.audit.seal(world.other_tenant, "theirs:answer:1", price="secret")
        await world.put("/tools/find_order", {"definition": TOOL}, zoe)
        await world.put("/secrets/SHOP_KEY", {"value": "zeta's secret"}, zoe)
        invoice_id = add_invoice(world.reads, world.other_tenant, world.other_partner, uuid4())
        note_id = add_credit_note(world.reads, invoice_id, uuid4())
        invitation_id = await world.make(
            "/invitations", {"email": "x@zeta.example", "role": "tenant_viewer"}, zoe
        )
        service_id = await world.make("/service-accounts", {"name": "x", "role": "tenant_viewer"}, zoe)
        new_key = {"label": "x", "scopes": ["executions:read"]}
        key_id = await world.make(f"/service-accounts/{service_id}/keys", new_key, zoe)
        helper = world.add_user("sam@platform.example", Role.PLATFORM_SUPPORT)
        subject = {"tenant": str(world.other_tenant), "user": zoe.id, "reason": "secret"}
        self.ids = {
            "user_id": zoe.id,
            "invitation_id": str(invitation_id),
            "service_id": str(service_id),
            "key_id": str(key_id),
            "impersonation_id": str(await world.make("/impersonations", subject, helper)),
            "invoice_id": str(invoice_id),
            "credit_note_id": str(note_id),
            "payload_hash": "ab" * 32,
            "call_key": "theirs:answer:1",
            **NAMES,
            "partner_id": str(world.other_partner),
            "tenant_id": str(world.other_tenant),
            "agent_id": str(agent_id),
            "workflow_id": str(workflow_id),
            "job_id": str(job_id),
            "trigger_id": str(trigger_id),
            "occurrence": "d-1",
            "other_id": str(job_id),
            "entry_ref": f"ledger-{world.other_tenant}-2026-11@1",
            "command_id": str(world.bus.sent[0].message_id),
        }
        return self


async def call(client: httpx2.AsyncClient, method: str, path: str, ids: dict[str, str]) -> httpx2.Response:
    place = path.format(**NAMES | ids)
    return await client.request(method.upper(), place, json=body_of(method, path), headers=key())


def key() -> dict[str, str]:
    """Requests that move money need one."""
    return {"Idempotency-Key": str(uuid4())}


def is_problem(response: httpx2.Response, method: str, path: str) -> None:
    assert response.headers["content-type"] == "application/problem+json"
    declared = operation(method, path)["responses"][str(response.status_code)]
    assert list(declared["content"]) == ["application/problem+json"]
    schema = {"$ref": "#/components/schemas/ProblemDetails", "components": DOCUMENT["components"]}
    jsonschema.validate(response.json(), schema)


def users_who_see_nothing_of_zeta(world: World) -> dict[str, Actor]:
    sibling = TenantId(world.add_tenant("sibling", world.other_partner))
    boss = PartnerId(world.other_partner)
    anna = world.anna
    return {
        "tenant of another partner": anna,
        "another partner": world.reseller,
        "sibling tenant of the same partner": anna.model_copy(
            update={"tenant_id": sibling, "partner_id": boss}
        ),
    }


@pytest.mark.parametrize("method, path", SECURED)
async def test_without_a_token_nothing_is_told(world: World, method: str, path: str) -> None:
    foreign = await Foreign(world).make()
    sent = len(world.bus.sent)
    async with world.client() as nobody:
        response = await call(nobody, method, path, foreign.ids)
    assert response.status_code == 401
    assert response.json()["code"] == "auth.missing_token"
    is_problem(response, method, path)
    assert len(world.bus.sent) == sent


@pytest.mark.parametrize("method, path", WITH_IDS)
async def test_what_is_anothers_does_not_exist(world: World, method: str, path: str) -> None:
    """403 only where the role may not do such a thing to anything at all."""
    foreign = await Foreign(world).make()
    statuses = set()
    for actor in users_who_see_nothing_of_zeta(world).values():
        async with world.client(actor) as client:
            response = await call(client, method, path, foreign.ids)
        is_problem(response, method, path)
        statuses.add(response.status_code)
        assert "secret" not in response.text
    assert statuses <= {403, 404}
    assert (404 in statuses) is ((method, path) not in FOR_THE_PLATFORM)


@pytest.mark.parametrize("method, path", WITH_IDS)
async def test_an_id_nobody_has_looks_the_same_as_anothers(world: World, method: str, path: str) -> None:
    foreign = await Foreign(world).make()
    nobodys_names = {"tool_name": "unknown", "secret_name": "UNKNOWN", "version_number": "1"}
    unknown = dict.fromkeys(FOREIGN_IDS, str(UUID(int=7))) | nobodys_names
    for actor in (world.anna, world.reseller):
        async with world.client(actor) as client:
            theirs = await call(client, method, path, foreign.ids)
            nobodys = await call(client, method, path, unknown)
        assert (theirs.status_code, theirs.json()["code"]) == (nobodys.status_code, nobodys.json()["code"])


@pytest.mark.parametrize("method, path", [pair for pair in ALL if body_of(*pair) is not None])
async def test_a_body_with_an_unknown_field_is_refused(world: World, method: str, path: str) -> None:
    foreign = await Foreign(world).make()
    body = {**body_of(method, path), "tenant_id": str(world.other_tenant)}
    refused = set()
    for actor in (world.admin, world.rival, world.zoe):
        async with world.client(actor) as client:
            place = path.format(**foreign.ids)
            response = await client.request(method.upper(), place, json=body, headers=key())
        is_problem(response, method, path)
        refused.add(response.status_code)
    assert refused <= {403, 422}
    assert 422 in refused


@pytest.mark.parametrize("method, path", ALL)
def test_every_operation_is_explained_by_example(method: str, path: str) -> None:
    found = operation(method, path)
    assert found["summary"]
    assert found["tags"]
    for media in found.get("requestBody", {}).get("content", {}).values():
        assert "example" in media
    success = [found["responses"][status] for status in found["responses"] if status.startswith("2")]
    assert success
    for response in success:
        for media in response["content"].values():
            assert "example" in media


@pytest.mark.parametrize("method, path", ALL)
def test_every_example_fits_its_schema(method: str, path: str) -> None:
    found = operation(method, path)
    for content in (found.get("requestBody", {}), *found["responses"].values()):
        for media in content.get("content", {}).values():
            if "$ref" in media.get("schema", {}) and "example" in media:
                schema = {**media["schema"], "components": DOCUMENT["components"]}
                jsonschema.validate(media["example"], schema)


@pytest.mark.parametrize("method, path", ALL)
def test_every_error_is_declared_as_a_problem(method: str, path: str) -> None:
    errors = {s: r for s, r in operation(method, path)["responses"].items() if s >= "400"}
    assert "500" in errors
    assert ("401" in errors) is (path not in PUBLIC or path in ("/auth/token", HOOK, ACCEPT))
    for response in errors.values():
        assert list(response["content"]) == ["application/problem+json"]


def test_the_document_holds_together() -> None:
    assert DOCUMENT["openapi"].startswith("3.1")
    names = [found["operationId"] for found in (operation(*pair) for pair in ALL)]
    assert len(names) == len(set(names))
    for reference in references(DOCUMENT):
        assert reference.removeprefix("#/components/schemas/") in DOCUMENT["components"]["schemas"]
    for name, schema in DOCUMENT["components"]["schemas"].items():
        jsonschema.Draft202012Validator.check_schema(schema)
        assert "ValidationError" not in name


@pytest.mark.parametrize("method, path", sorted(OWN_NAMES))
async def test_setting_a_name_leaves_anothers_alone(world: World, method: str, path: str) -> None:
    foreign = await Foreign(world).make()
    reads = world.reads
    before = (
        reads.tools_of[world.other_tenant, "find_order"],
        reads.secrets_of[world.other_tenant, "SHOP_KEY"],
    )
    async with world.client(world.anna) as anna:
        response = await call(anna, method, path, foreign.ids)
    assert response.status_code == 200
    assert before == (
        reads.tools_of[world.other_tenant, "find_order"],
        reads.secrets_of[world.other_tenant, "SHOP_KEY"],
    )


def references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("$ref"), str):
            yield value["$ref"]
        for item in value.values():
            yield from references(item)
    elif isinstance(value, list):
        for item in value:
            yield from references(item)


def test_writing_requests_take_an_idempotency_key() -> None:
    for method, path in SECURED:
        names = [parameter["name"] for parameter in operation(method, path).get("parameters", [])]
        assert ("Idempotency-Key" in names) is (method != "get")
