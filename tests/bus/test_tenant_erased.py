"""A tenant's life on a real Postgres: in the end nothing it wrote is anywhere, and its ledger verifies."""

from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import UUID

import psycopg
import pytest
from psycopg import sql

from bus.audit.reprojected import wrong_projections
from bus.audit.verify import verify
from bus.in_process import InProcess, in_process
from bus.prepare import prepare
from schemas.access import Role
from schemas.authoring.commands import CreateWorkflow, PublishWorkflow
from schemas.base import Command
from schemas.billing.commands import SetSystemRate
from schemas.tenancy.life import BeginClosing
from tests.support.builders import (
    MODEL,
    NOW,
    PARTNER_ID,
    TENANT_ID,
    WORKFLOW_ID,
    app_admin,
    create_partner,
    llm,
    new_user,
    partner_admin,
    provision_tenant,
    workflow,
)
from tests.support.fakes.chat_model import FakeChatModel
from tests.support.fakes.payments import FakePayments
from tests.support.ledger import KEYS, seal_all
from tests.support.llm_script import Behaviour
from tests.support.money import RATES
from tests.support.servers import FreshDatabase
from tests.support.story import start, tenant_admin

SECRET, LARGE = "our plans for spring", "and much more of it " * 3_000
TABLES = """
SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' ORDER BY 1"""
PAYLOADS = "SELECT count(*) FROM payloads WHERE tenant_id = %s"


@pytest.fixture
async def url(fresh_database: FreshDatabase) -> str:
    url = fresh_database("tenant_erased")
    await prepare(url)
    return url


@pytest.fixture
async def platform(url: str) -> AsyncIterator[InProcess]:
    chat = FakeChatModel()
    chat.script(MODEL, Behaviour(text=SECRET + LARGE))
    async with in_process(url, NOW, chat, FakePayments()) as made:
        yield made


async def lived(platform: InProcess) -> None:
    """It writes a workflow, runs it, and thinks it over."""
    boss = new_user(user_id=UUID(int=41), email="boss@northwind.example")
    rate = SetSystemRate(model=MODEL, rates=RATES)
    for command in (rate, create_partner(admin=boss)):
        await ordered(platform, command)
    provision = provision_tenant()
    await platform.order(provision, by=partner_admin(), tenant_id=TENANT_ID, partner_id=PARTNER_ID)
    definition = workflow(llm(prompt=SECRET))
    for wish in (
        CreateWorkflow(workflow_id=WORKFLOW_ID, name="Letters", definition=definition),
        PublishWorkflow(workflow_id=WORKFLOW_ID),
        start(),
        BeginClosing(tenant_id=TENANT_ID, reason="We stop.", grace_days=30),
    ):
        await ordered(platform, wish, of_tenant=True)


async def ordered(platform: InProcess, command: Command, of_tenant: bool = False) -> None:
    owner = tenant_admin().model_copy(update={"role": Role.TENANT_OWNER})
    if of_tenant:
        [answer] = await platform.order(command, by=owner, tenant_id=TENANT_ID, partner_id=PARTNER_ID)
    else:
        [answer] = await platform.order(command, by=app_admin())
    assert answer.status == "accepted", answer.refusal


def tables_with(url: str, text: str) -> set[str]:
    """In whatever column, as text or as bytes."""
    marks = [f"%{text}%", f"%{text.encode().hex()}%"]
    with psycopg.connect(url) as owner:
        names = [name for (name,) in owner.execute(TABLES)]
        query = sql.SQL("SELECT EXISTS (SELECT FROM {table} AS t WHERE t::text LIKE ANY(%s))")
        found = {
            name: owner.execute(query.format(table=sql.Identifier(name)), (marks,)).fetchone()
            for name in names
        }
    return {name for name, there in found.items() if there == (True,)}


def payloads(url: str) -> int:
    with psycopg.connect(url) as owner:
        [number] = owner.execute(PAYLOADS, (TENANT_ID,)).fetchone() or (0,)
    return int(number)


async def test_nothing_it_wrote_is_left_anywhere_and_its_ledger_verifies(
    url: str, platform: InProcess
) -> None:
    await lived(platform)
    sealed = await seal_all(url)
    assert "stored_events" in tables_with(url, SECRET) and payloads(url)
    await platform.until(NOW + timedelta(days=32))
    assert tables_with(url, SECRET) == set()
    assert payloads(url) == 0
    report = verify(url, KEYS, processes=1)
    assert (report.findings, report.entries) == ([], sealed) and sealed
    assert await wrong_projections(url) == []
