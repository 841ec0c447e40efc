"""`hb payments` and `hb dunning` on a real Postgres."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from typer.testing import CliRunner

from api.cli import dunning as dunning_body
from api.cli import look
from api.cli import payments as payments_body
from api.cli.app import app
from api.cli.errors import Refused
from bus.prepare import prepare
from schemas.base import Command
from schemas.billing import dunning as d
from schemas.billing import payments as p
from tests.projections.world import PARTNER, TENANT, World
from tests.support.builders import tenant_provisioned
from tests.support.payments import INVOICE_ID, begun, dunning_begun, failed, prepared, requested
from tests.support.servers import FreshDatabase

OF = {"tenant_id": TENANT, "invoice_id": INVOICE_ID}


@pytest.fixture(scope="module")
async def database(fresh_database: FreshDatabase) -> str:
    url = fresh_database("hb_payments")
    await prepare(url)
    return url


@pytest.fixture
async def world(database: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[World]:
    monkeypatch.setenv("HB_DATABASE_URL", database)
    monkeypatch.setenv("HB_NATS_URL", "nats://127.0.0.1:1")
    monkeypatch.setattr(look.out, "_width", 200)
    async with World(database) as world:
        await world.clear()
        tenant = tenant_provisioned(tenant_id=TENANT, partner_id=PARTNER)
        await world.given(world.record(f"tenant-{TENANT}", tenant))
        await world.given(world.record("payment-1", requested(), begun(), prepared(), failed()))
        due_at = datetime.now(UTC) + timedelta(days=2)
        await world.given(world.record("dunning-1", dunning_begun(tenant_id=TENANT, due_at=due_at)))
        yield world


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[Command]:
    """What would be sent."""
    found: list[Command] = []

    async def send(settings: Any, command: Command, tenant_id: UUID, partner_id: UUID) -> None:
        assert (tenant_id, partner_id) == (TENANT, PARTNER)
        found.append(command)

    monkeypatch.setattr(payments_body, "send", send)
    monkeypatch.setattr(dunning_body, "send", send)
    return found


async def hb(*arguments: Any) -> str:
    """In a thread, because a command has a loop of its own."""
    given = [str(argument) for argument in arguments]
    said = await asyncio.to_thread(CliRunner().invoke, app, given, catch_exceptions=False)
    assert said.exit_code == 0, said.output
    return said.output


async def test_payments_are_listed_and_shown(world: World) -> None:
    listed = await hb("payments", "list", "--status", "failed")
    for word in ("N-2026-0007", "failed", "$120.50", "stripe.insufficient_funds"):
        assert word in listed
    assert "No payments." in await hb("payments", "list", "--status", "succeeded")
    assert "attempt_failed" in await hb("payments", "show", INVOICE_ID)


async def test_an_operator_collects_records_and_gives_up(world: World, sent: list[Command]) -> None:
    await hb("payments", "pay", INVOICE_ID)
    await hb("payments", "receipt", INVOICE_ID, "--reference", "bank 4711")
    await hb("payments", "cancel", INVOICE_ID, "--reason", "withdrawn")
    await hb("payments", "write-off", INVOICE_ID, "--reason", "bankrupt")
    assert sent == [
        p.AttemptPayment(**OF),
        p.RecordReceipt(**OF, reference="bank 4711"),
        p.CancelPayment(**OF, reason="withdrawn"),
        p.WriteOffPayment(**OF, reason="bankrupt"),
    ]


async def test_a_refund_is_of_whole_cents(world: World, sent: list[Command]) -> None:
    said = await hb("payments", "refund", INVOICE_ID, "--reason", "mistake", "--amount", "20.50")
    (refund,) = sent
    assert isinstance(refund, p.RefundPayment)
    assert str(refund.refund_id) in said
    for amount in ("20.505", "much"):
        with pytest.raises(Refused, match="amount"):
            await hb("payments", "refund", INVOICE_ID, "--reason", "mistake", "--amount", amount)


async def test_a_payment_nobody_requested(world: World, sent: list[Command]) -> None:
    with pytest.raises(Refused, match="no payment of invoice"):
        await hb("payments", "pay", UUID(int=1))


async def test_the_dry_run_says_who_would_be_suspended(world: World) -> None:
    said = await hb("dunning", "dry-run")
    assert said.count("retry") == 4
    for word in ("Acme", "restrict", "suspend", "6 steps in 60 days, 1 tenants suspended"):
        assert word in said
    assert "Nothing would happen to anybody in the next 1 days" in await hb("dunning", "dry-run", "--days", 1)


async def test_where_a_tenant_stands_and_who_is_left_alone(world: World, sent: list[Command]) -> None:
    assert "next: retry on" in await hb("dunning", "show", TENANT)
    await hb("dunning", "exempt", TENANT, "--reason", "audit", "--until", "2099-01-01")
    await hb("dunning", "end-exemption", TENANT, "--reason", "over")
    until = datetime(2099, 1, 1, tzinfo=UTC)
    assert sent == [
        d.ExemptFromDunning(tenant_id=TENANT, reason="audit", until=until),
        d.EndDunningExemption(tenant_id=TENANT, reason="over"),
    ]
