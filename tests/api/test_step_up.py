"""What moves money, lets in or cannot be taken back needs a fresh sign-in, with all one has."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import httpx2
import pytest

from api.errors import ApiProblem
from api.parts import Deps
from api.signing_in.proving import require_proof
from schemas.access import Role
from schemas.envelope import Actor
from tests.api.factors import proven, with_app
from tests.api.test_every_route import body_of
from tests.api.world import World, problem

FRESH = (
    ("post", "/wallets/{tenant_id}/top-ups", "admin"),
    ("post", "/payments/{invoice_id}/refunds", "admin"),
    ("post", "/payments/{invoice_id}/write-off", "admin"),
    ("post", "/ledger/entries/{entry_ref}/reverse", "admin"),
    ("post", "/tenants/{tenant_id}/adjustments", "admin"),
    ("post", "/invoices/{invoice_id}/credit-notes", "admin"),
    ("post", "/rates/system", "admin"),
    ("post", "/rates/partner", "admin"),
    ("put", "/tenants/{tenant_id}/payment-account", "anna"),
    ("post", "/service-accounts", "anna"),
    ("put", "/service-accounts/{service_id}/role", "anna"),
    ("post", "/service-accounts/{service_id}/keys", "anna"),
    ("post", "/service-accounts/{service_id}/keys/{key_id}/rotate", "anna"),
    ("post", "/impersonations", "admin"),
)


ROUTES = pytest.mark.parametrize(("method", "path", "who"), FRESH)


async def asked(world: World, actor: Actor, method: str, path: str) -> httpx2.Response:
    ids = dict.fromkeys(("invoice_id", "service_id", "key_id", "entry_ref"), str(uuid4())) | {
        "tenant_id": str(world.tenant)
    }
    async with world.client(actor, **{"Idempotency-Key": "x"}) as client:
        return await client.request(method.upper(), path.format(**ids), json=body_of(method, path))


@ROUTES
async def test_an_old_sign_in_does_not_do(world: World, method: str, path: str, who: str) -> None:
    old = aged(getattr(world, who))
    problem(await asked(world, old, method, path), 403, "auth.step_up_required")
    assert not world.bus.sent


@ROUTES
async def test_whoever_has_a_second_factor_shows_it(world: World, method: str, path: str, who: str) -> None:
    actor: Actor = getattr(world, who)
    await with_app(world, actor)
    sent = len(world.bus.sent)
    problem(await asked(world, actor, method, path), 403, "auth.step_up_required")
    assert len(world.bus.sent) == sent
    let_in = await asked(world, proven(actor), method, path)
    assert let_in.is_success or let_in.json()["code"] != "auth.step_up_required"


@ROUTES
async def test_an_old_second_factor_does_not_do(world: World, method: str, path: str, who: str) -> None:
    problem(await asked(world, aged(proven(getattr(world, who))), method, path), 403, "auth.step_up_required")


async def test_support_shows_its_own_second_factor_not_the_users(world: World) -> None:
    deps: Deps = world.app.state.deps
    helping = world.anna.model_copy(update={"impersonator": world.admin.id})
    await with_app(world, world.anna)
    await require_proof(deps, helping)
    await with_app(world, world.admin)
    with pytest.raises(ApiProblem):
        await require_proof(deps, helping)


async def test_programs_prove_themselves_with_every_request(world: World) -> None:
    deps: Deps = world.app.state.deps
    await require_proof(deps, Actor(kind="service", id="x", role=Role.TENANT_BILLING))
    with pytest.raises(ApiProblem):
        await require_proof(deps, Actor(kind="user", id="x", role=Role.TENANT_BILLING))


def aged(actor: Actor) -> Actor:
    return actor.model_copy(update={"authenticated_at": datetime.now(UTC) - timedelta(minutes=16)})
