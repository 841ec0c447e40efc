"""What moves money, lets in or cannot be taken back needs a fresh sign-in."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from api.errors import ApiProblem
from api.step_up import require_recent
from schemas.access import Role
from schemas.envelope import Actor
from tests.api.test_every_route import body_of
from tests.api.world import World, problem

FRESH = (
    ("post", "/wallets/{tenant_id}/top-ups", "admin"),
    ("post", "/payments/{invoice_id}/refunds", "admin"),
    ("post", "/payments/{invoice_id}/write-off", "admin"),
    ("put", "/tenants/{tenant_id}/payment-account", "anna"),
    ("post", "/service-accounts", "anna"),
    ("put", "/service-accounts/{service_id}/role", "anna"),
    ("post", "/service-accounts/{service_id}/keys", "anna"),
    ("post", "/service-accounts/{service_id}/keys/{key_id}/rotate", "anna"),
    ("post", "/impersonations", "admin"),
)


@pytest.mark.parametrize(("method", "path", "who"), FRESH)
async def test_an_old_sign_in_does_not_do(world: World, method: str, path: str, who: str) -> None:
    actor: Actor = getattr(world, who)
    old = actor.model_copy(update={"authenticated_at": datetime.now(UTC) - timedelta(minutes=16)})
    ids = dict.fromkeys(("invoice_id", "service_id", "key_id"), str(uuid4())) | {
        "tenant_id": str(world.tenant)
    }
    sent = len(world.bus.sent)
    async with world.client(old, **{"Idempotency-Key": "x"}) as client:
        response = await client.request(method.upper(), path.format(**ids), json=body_of(method, path))
    problem(response, 403, "auth.step_up_required")
    assert len(world.bus.sent) == sent


def test_programs_prove_themselves_with_every_request() -> None:
    program = Actor(kind="service", id="x", role=Role.TENANT_BILLING)
    assert require_recent(program) is program
    with pytest.raises(ApiProblem):
        require_recent(Actor(kind="user", id="x", role=Role.TENANT_BILLING))
