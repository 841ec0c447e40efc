"""Rules that hold for every operation of the OpenAPI document, whatever is added later."""

from collections.abc import Iterator
from typing import Any, NamedTuple
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
SIGN_IN = {
    *("/auth/token", "/auth/refresh", "/auth/register", "/auth/verify", "/auth/verify/resend"),
    *("/auth/password/forgot", "/auth/password/reset", "/auth/unlock/request", "/auth/unlock"),
    *("/bff/session", "/bff/refresh", "/auth/token/mfa", "/invitations/accept"),
    *("/auth/passkeys/sign-in", "/auth/passkeys/sign-in/options"),
    *("/auth/oidc", "/auth/oidc/{provider}/start", "/auth/oidc/{provider}/callback"),
}
"""For nobody yet: what they may is told by what they bring."""

PUBLIC = {"/.well-known/jwks.json", "/health/live", "/health/ready", "/metrics", "/branding", HOOK, STRIPE}
PUBLIC |= SIGN_IN
OF_THE_VAULT = {
    *(("post", "/auth/logout"), ("post", "/auth/switch"), ("post", "/auth/step-up")),
    *(("delete", "/auth/sessions"), ("delete", "/auth/sessions/{session_id}")),
    *(("post", "/auth/factors/totp"), ("post", "/auth/factors/recovery-codes")),
    *(("post", "/auth/passkeys/registration"), ("post", "/auth/passkeys/step-up/options")),
    *(("patch", "/auth/passkeys/{passkey_id}"), ("post", "/auth/oidc/{provider}/link")),
}
"""No commands: done twice, they have done the same."""

FOREIGN_IDS = (
    *("partner_id", "tenant_id", "agent_id", "workflow_id", "job_id", "command_id"),
    *("other_id", "payload_hash", "trigger_id", "occurrence", "entry_ref", "call_key"),
    *("invoice_id", "credit_note_id", "session_id", "user_id", "invitation_id", "service_id", "key_id"),
    "impersonation_id",
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
    "passkey_id": "AAAA",
    "provider": "theirs",
}
OWN_NAMES = {("put", "/tools/{tool_name}"), ("put", "/secrets/{secret_name}")}
"""A name is free in every tenant: setting it is never about what another has under it."""

FOR_THE_PLATFORM = {
    ("post", "/executions/{job_id}/terminate"),
    ("post", "/impersonations/{impersonation_id}/token"),
    ("post", "/partners/{partner_id}/close"),
    ("post", "/tenants/{tenant_id}/transfer"),
    ("post", "/tenants/{tenant_id}/closing"),
    ("post", "/tenants/{tenant_id}/closing/withdraw"),
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
    *(("post", f"/users/{{user_id}}/{what}") for what in ("disable", "enable", "erase")),
    ("get", "/users/{user_id}/erasure"),
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


class Names(NamedTuple):
    """What a tenant called its things: another may take the same names."""

    tool_name: str
    secret_name: str
    occurrence: str
    payload_hash: str
    call_key: str


THEIR_NAMES = Names("find_order", "SHOP_KEY", "d-1", "ab" * 32, "theirs:answer:1")


class Foreign:
    """What a tenant has: ids that exist and must look to others as if they did not.

    By default another partner's. `mark` is in whatever its owner wrote; `call_key` is its sealed entry's.
    """

    def __init__(
        self, world: World, owner: Actor | None = None, mark: str = "secret", names: Names = THEIR_NAMES
    ) -> None:
        self.world, self.owner, self.mark, self.names = world, owner or world.zoe, mark, names
        self.ids: dict[str, str] = {}

    async def make(self) -> "Foreign":
        world, owner, mark = self.world, self.owner, self.mark
        tenant, partner = owner.tenant_id, owner.partner_id
        assert tenant and partner
        agent_id = await world.make("/agents", {**AGENT, "name": mark}, owner)
        workflow_id = await world.make("/workflows", {**WORKFLOW, "name": mark}, owner)
        await world.make_version(workflow_id, owner)
        job_id = await world.make(f"/agents/{agent_id}/execute", {"message": "x"}, owner)
        trigger = {**TRIGGER, "name": mark, "workflow_id": str(workflow_id)}
        trigger_id = await world.make("/triggers", trigger, owner)
        await world.deliver(trigger_id, owner, self.names.occurrence)
        self.happened(tenant, job_id)
        await world.put(f"/tools/{self.names.tool_name}", {"definition": TOOL}, owner)
        await world.put(f"/secrets/{self.names.secret_name}", {"value": f"{mark} value"}, owner)
        invoice_id = add_invoice(world.reads, tenant, partner, uuid4())
        world.add_payment(tenant, id=invoice_id)
        note_id = add_credit_note(world.reads, invoice_id, uuid4())
        guest = {"email": f"guest-{uuid4()}@zeta.example", "role": "tenant_viewer"}
        invitation_id = await world.make("/invitations", guest, owner)
        program = {"name": mark, "role": "tenant_viewer"}
        service_id = await world.make("/service-accounts", program, owner)
        new_key = {"label": "x", "scopes": ["executions:read"]}
        key_id = await world.make(f"/service-accounts/{service_id}/keys", new_key, owner)
        helper = world.add_user(f"sam-{uuid4()}@platform.example", Role.PLATFORM_SUPPORT)
        subject = {"tenant": str(tenant), "user": owner.id, "reason": mark}
        self.ids = {
            **NAMES,
            **self.names._asdict(),
            "session_id": str(await world.sign_in(owner)),
            "user_id": owner.id,
            "invitation_id": str(invitation_id),
            "service_id": str(service_id),
            "key_id": str(key_id),
            "impersonation_id": str(await world.make("/impersonations", subject, helper)),
            "invoice_id": str(invoice_id),
            "credit_note_id": str(note_id),
            "partner_id": str(partner),
            "tenant_id": str(tenant),
            "agent_id": str(agent_id),
            "workflow_id": str(workflow_id),
            "job_id": str(job_id),
            "trigger_id": str(trigger_id),
            "other_id": str(job_id),
            "entry_ref": f"ledger-{tenant}-2026-11@1",
            "command_id": str(world.bus.sent[-1].message_id),
        }
        return self

    def happened(self, tenant: TenantId, job_id: UUID) -> None:
        """What the run left, and what it cost."""
        world, mark = self.world, self.mark
        world.add_approval(tenant, job_id, NAMES["node"], message=mark)
        event = ExecutionSucceeded(execution_id=job_id, output=mark)
        world.reads.record(f"execution-{job_id}", tenant, event)
        world.reads.payloads.append((tenant, Payload(self.names.payload_hash, "t", mark.encode())))
        world.audit.seal(tenant, self.names.call_key, model=mark)
        world.add_entry(tenant)


async def call(client: httpx2.AsyncClient, method: str, path: str, ids: dict[str, str]) -> httpx2.Response:
    place = path.format(**NAMES | ids)
    return await client.request(method.upper(), place, json=body_of(method, path), headers=key())


def key() -> dict[str, str]:
    """Requests that move money need one. They come from our own pages."""
    return {"Idempotency-Key": str(uuid4()), "Sec-Fetch-Site": "same-origin"}


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
    assert ("401" in errors) is (path not in PUBLIC or path in SIGN_IN | {HOOK})
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
        takes_one = method != "get" and (method, path) not in OF_THE_VAULT
        assert ("Idempotency-Key" in names) is takes_one
