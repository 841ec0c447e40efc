"""`hb access explain`, `hb access roles` and `hb keys`, on a real read side."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from typer.testing import CliRunner

from api.cli import look
from api.cli.app import app
from bus.prepare import prepare
from schemas.access import Permission, Role
from schemas.identity import events as e
from schemas.identity.types import Place
from tests.projections.test_access import CREATED, KEY, issued
from tests.projections.world import PARTNER, TENANT, World
from tests.support.people import person
from tests.support.servers import FreshDatabase

ADA = person(user_id=UUID(int=4))


@pytest.fixture(scope="module")
async def database(fresh_database: FreshDatabase) -> str:
    url = fresh_database("hb_access")
    await prepare(url)
    return url


@pytest.fixture
async def world(database: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> AsyncIterator[World]:
    monkeypatch.setenv("HB_DATABASE_URL", database)
    monkeypatch.setenv("HB_NATS_URL", "nats://127.0.0.1:1")
    monkeypatch.setenv("HB_DATA_DIR", str(tmp_path))
    monkeypatch.setattr(look.out, "_width", 200)
    async with World(database) as world:
        await world.clear()
        yield world


async def hb(*arguments: Any, code: int = 0) -> str:
    given = [str(argument) for argument in arguments]
    said = await asyncio.to_thread(CliRunner().invoke, app, given)
    assert said.exit_code == code, said.output
    return said.output


async def test_it_is_explained_at_each_place_where_somebody_has_a_role(world: World) -> None:
    for place, role in (
        (Place(tenant_id=TENANT, partner_id=PARTNER), Role.TENANT_BUILDER),
        (Place(partner_id=PARTNER), Role.PARTNER_ADMIN),
    ):
        granted = e.MembershipGranted(place=place, person=ADA, role=role)
        await world.given(world.record(f"team-{place.id}", granted))
    told = await hb("access", "explain", "--user", ADA.user_id, "--permission", "keys:manage")
    assert f"✗ at tenant {TENANT}: may not" in told
    assert "the role tenant_builder does not include keys:manage" in told
    assert "allowed to: platform_admin, partner_admin, tenant_owner, tenant_admin" in told
    assert "✓ at partner" in told


async def test_the_matrix_has_every_permission(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(look.out, "_width", 200)
    told = await hb("access", "roles")
    assert all(permission in told for permission in Permission)


async def test_keys_of_a_place_are_listed(world: World) -> None:
    await world.given(world.record("services-1", CREATED, issued()))
    told = await hb("keys", "list", TENANT)
    assert all(text in told for text in ("Nightly", "hbk_abcdefgh", "CI", str(KEY), "never"))
    assert "No programs." in await hb("keys", "list")
