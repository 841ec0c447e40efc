"""The read side on a real Postgres, inside the scope of whoever asks."""

from collections.abc import AsyncIterator
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from api.adapters.reads import PostgresReads
from api.errors import ApiProblem
from api.reads import BadCursor
from api.rows.runs import RunFilter
from bus.prepare import prepare
from infra.db.pools import API, async_pool
from infra.db.scope import Scope
from projections.taking_along import EXPORTED
from schemas.access import Role
from schemas.base import PLATFORM, TenantId
from schemas.billing.events import PartnerTermsSet, SystemRateSet
from schemas.billing.wallets import WalletToppedUp
from schemas.envelope import Recorded
from schemas.execution.types import SourceRef
from schemas.identity.events import IdentityLinked, MembershipGranted, UserRegistered
from schemas.identity.types import Place
from schemas.tenancy.erasure import ContentErased, ErasureBegun
from schemas.tenancy.events import SourceBudgetSet
from tests.projections import stories, test_people
from tests.projections.world import EPOCH, OTHER_PARTNER, OTHER_TENANT, PARTNER, TENANT, World
from tests.support.builders import NOW
from tests.support.people import index, person
from tests.support.servers import FreshDatabase
from tests.support.triggers import TRIGGER, TRIGGER_ID, created, fired, skipped, webhook

MINE = Scope(tenant_id=TENANT)
PARTNERS = Scope(partner_id=PARTNER)
THEIRS = Scope(tenant_id=OTHER_TENANT)
ALL = Scope(platform=True)
PERIOD = "2026-09"
RUN_ID = UUID(int=100)


@pytest.fixture(scope="module")
async def database(fresh_database: FreshDatabase) -> str:
    url = fresh_database("reads")
    await prepare(url)
    return url


@pytest.fixture
async def store(database: str) -> AsyncIterator[World]:
    async with World(database) as world:
        await world.clear()
        yield world


@pytest.fixture
async def reads(store: World) -> AsyncIterator[PostgresReads]:
    async with async_pool(store.url, API, 1, 2) as pool:
        yield PostgresReads(pool)


async def given(store: World, *batches: list[Recorded]) -> None:
    await store.given([event for batch in batches for event in batch])


def charged(store: World, tenant: TenantId = TENANT, **more: Any) -> list[Recorded]:
    """A call held and settled, and one that is held still."""
    call, pending = stories.call(), stories.call()
    events = [
        stories.authorized(call, tenant=tenant),
        stories.settled(call, tenant=tenant, **more),
        stories.authorized(pending, hold="0.25", tenant=tenant),
    ]
    return store.record(stories.ledger(tenant), *events, tenant=tenant, partner=more.get("partner", PARTNER))


async def test_people_and_places(store: World, reads: PostgresReads) -> None:
    await test_people.test_a_partner_belongs_to_the_platform_and_to_itself(store)
    await test_people.test_a_tenants_status_follows_its_events(store)
    await test_people.test_an_agent_is_listed_with_its_model(store)
    await test_people.test_a_workflow_keeps_its_draft_beside_what_was_published(store)
    partner, tenant = await reads.partner(PARTNERS, PARTNER), await reads.tenant(MINE, TENANT)
    assert partner is not None and partner.id == PARTNER
    assert tenant is not None and (tenant.partner_id, tenant.status) == (PARTNER, "suspended")
    [agent] = (await reads.agents(MINE, None, 5)).items
    assert await reads.agent(MINE, agent.id) == agent
    [workflow] = (await reads.workflows(MINE, None, 5)).items
    assert await reads.workflow(MINE, workflow.id) == workflow
    for hidden in (await reads.tenant(THEIRS, TENANT), await reads.agent(THEIRS, agent.id)):
        assert hidden is None


async def test_tenants_are_listed_to_whom_they_belong(store: World, reads: PostgresReads) -> None:
    await test_people.test_a_partner_belongs_to_the_platform_and_to_itself(store)
    await test_people.given_shop(store)
    [tenant] = (await reads.tenants(PARTNERS, None, 5, None, None)).items
    assert (tenant.id, tenant.name) == (TENANT, "Shop")
    assert (await reads.tenants(ALL, None, 5, PARTNER, "active")).items == [tenant]
    assert await reads.tenant_by_subdomain(ALL, "shop") == tenant
    assert [partner.id for partner in (await reads.partners(PARTNERS, None, 5)).items] == [PARTNER]
    for nothing in (
        (await reads.tenants(THEIRS, None, 5, None, None)).items,
        (await reads.tenants(ALL, None, 5, PARTNER, "suspended")).items,
        (await reads.tenants(ALL, None, 5, OTHER_PARTNER, None)).items,
        (await reads.partners(MINE, None, 5)).items,
        await reads.tenant_holds(MINE, TENANT),
    ):
        assert nothing == []


async def test_versions_are_read_newest_first(store: World, reads: PostgresReads) -> None:
    await test_people.test_a_version_rolled_back_to_is_the_draft_and_a_deprecated_one_says_so(store)
    [workflow] = (await reads.workflows(MINE, None, 5)).items
    first = await reads.workflow_versions(MINE, workflow.id, None, 2)
    rest = await reads.workflow_versions(MINE, workflow.id, first.next, 2)
    found = [*first.items, *rest.items]
    assert [(v.number, v.deprecated, v.release) for v in found] == [
        (3, False, None),
        (2, True, None),
        (1, False, None),
    ]
    assert rest.next is None
    second = await reads.workflow_version(MINE, workflow.id, 2)
    assert second is not None and second.release is not None and second.release.definition.output == "two"
    assert await reads.workflow_version(MINE, workflow.id, 4) is None
    assert await reads.workflow_version(THEIRS, workflow.id, 2) is None
    assert (await reads.workflow_versions(THEIRS, workflow.id, None, 2)).items == []
    for cursor in ("x", "-1", "²", "1234567890"):
        with pytest.raises(BadCursor):
            await reads.workflow_versions(MINE, workflow.id, cursor, 2)


async def test_agents_have_versions_too(store: World, reads: PostgresReads) -> None:
    await test_people.test_an_agent_keeps_its_versions(store)
    [agent] = (await reads.agents(MINE, None, 5)).items
    found = await reads.agent_versions(MINE, agent.id, None, 5)
    assert [(v.number, v.name, v.definition.instructions) for v in found.items] == [
        (2, "Host", "two"),
        (1, "Greeter", "one"),
    ]
    assert (agent.version, agent.definition) == (2, found.items[0].definition)
    assert (await reads.agent_versions(THEIRS, agent.id, None, 5)).items == []


async def test_people_are_the_platforms_and_their_places_their_own(
    store: World, reads: PostgresReads
) -> None:
    root, place = person("root@x.example", "Root"), Place()
    linked = IdentityLinked(
        user_id=root.user_id, provider="google", subject_index=index("7"), subject=root.name
    )
    registered = UserRegistered(**dict(root), verified=True)
    await given(store, store.record("user-1", registered, linked, tenant=PLATFORM, partner=None))
    granted = MembershipGranted(place=place, person=root, role=Role.PLATFORM_ADMIN)
    await given(store, store.record("team-1", granted, tenant=PLATFORM, partner=None))
    found = await reads.user_by_index(ALL, root.email_index)
    assert found is not None and found == await reads.user_by_id(ALL, root.user_id)
    assert found == await reads.user_by_identity(ALL, linked.subject_index)
    [identity] = await reads.identities_of(ALL, linked.user_id)
    assert (identity.provider, identity.subject_index) == (linked.provider, linked.subject_index)
    [member] = await reads.memberships(ALL, root.user_id)
    assert (member.role, member.tenant_id, member.partner_id) == (Role.PLATFORM_ADMIN, None, None)
    assert (await reads.members(ALL, PLATFORM, None, 10)).items == [member]
    assert await reads.user_by_index(MINE, root.email_index) is None
    assert await reads.member(MINE, PLATFORM, root.user_id) is None


async def test_all_a_tenant_has_is_read_and_nothing_of_others(store: World, reads: PostgresReads) -> None:
    await test_people.test_an_agent_keeps_its_versions(store)
    for table in EXPORTED:
        mine = [row async for row in reads.rows_to_take_along(MINE, table, TENANT)]
        assert len(mine) == {"agents": 1, "agent_versions": 2}.get(table, 0), table
        assert [row async for row in reads.rows_to_take_along(THEIRS, table, TENANT)] == []


@pytest.mark.parametrize("size", [1, 2, 3, 100])
async def test_pages_follow_each_other_without_gap(store: World, reads: PostgresReads, size: int) -> None:
    runs = [stories.run(store) for _ in range(4)]
    await given(store, *(events for _, events in runs))
    seen, cursor = [], None
    while True:
        page = await reads.executions(MINE, cursor, size, RunFilter("succeeded"))
        assert 0 < len(page.items) <= size
        seen += [row.id for row in page.items]
        if (cursor := page.next) is None:
            break
    assert seen == [id_ for id_, _ in reversed(runs)]
    assert (await reads.executions(THEIRS, None, size, RunFilter())).items == []
    assert (await reads.executions(MINE, None, size, RunFilter("failed"))).items == []


async def test_a_run_is_read_with_its_steps(store: World, reads: PostgresReads) -> None:
    id_, events = stories.run(store, output={"n": 1})
    await given(store, events)
    found = await reads.execution(MINE, id_)
    assert found is not None and (found.status, found.output, found.inputs) == (
        "succeeded",
        {"n": 1},
        {"who": "Ada"},
    )
    assert [(step.node, step.status, step.error_code) for step in found.steps] == [
        (node, "succeeded", None) for node in "abc"
    ]


async def test_an_entry_comes_with_what_it_was_made_of(store: World, reads: PostgresReads) -> None:
    await given(store, charged(store), charged(store, OTHER_TENANT, partner=OTHER_PARTNER))
    [entry] = (await reads.ledger_entries(MINE, None, 5, None, None)).items
    assert (entry.kind, entry.ref) == ("settle", f"{stories.ledger()}@2")
    assert entry.pricing == stories.PRICING
    assert [(leg.account, leg.amount) for leg in entry.postings] == [
        ("tenant", entry.price),
        ("platform", entry.price),
    ]
    assert entry.margin == entry.price - entry.cost - entry.commission
    of_job = await reads.ledger_entries(ALL, None, 5, None, entry.execution_id)
    assert of_job.items == [entry]
    assert len((await reads.ledger_entries(ALL, None, 5, None, None)).items) == 2


async def test_a_write_off_is_an_entry_without_a_price(store: World, reads: PostgresReads) -> None:
    call = stories.call()
    events = [stories.authorized(call), stories.unknown(call), stories.written_off(call)]
    await given(store, store.record(stories.ledger(), *events))
    [entry] = (await reads.ledger_entries(MINE, None, 5, None, None)).items
    assert (entry.kind, entry.model, entry.pricing) == ("write_off", None, None)
    assert entry.price == entry.cost == entry.commission == 0


async def test_a_bill_is_what_was_charged_and_what_is_held(store: World, reads: PostgresReads) -> None:
    await given(store, charged(store), charged(store))
    bill = await reads.bill(MINE, TENANT, PERIOD)
    assert (bill.calls, bill.price, bill.held) == (2, Decimal("0.24"), Decimal("0.5"))
    assert [(line.calls, line.tokens, line.price) for line in bill.lines] == [(2, 34, bill.price)]
    for nothing in (await reads.bill(THEIRS, TENANT, PERIOD), await reads.bill(MINE, TENANT, "2026-10")):
        assert nothing.calls == nothing.price == nothing.held == 0
        assert not nothing.lines


@pytest.mark.parametrize(
    "cursor", ["", "x", "2026-09-01", "2026-09-01T00:00:00 0198c0de-0000-7000-8000-000000000001", "\0 \0"]
)
async def test_a_cursor_of_somebody_elses_making_is_refused(reads: PostgresReads, cursor: str) -> None:
    with pytest.raises(BadCursor):
        await reads.executions(ALL, cursor, 5, RunFilter())


async def test_a_trigger_is_read_with_what_came_of_it(store: World, reads: PostgresReads) -> None:
    set_up = created(webhook(secret_ciphertext="sealed", inputs={"a": "{{ inputs.payload }}"}))
    skipped_night = skipped(NOW, NOW, 1)
    await given(store, store.record(TRIGGER, set_up, fired("d-1"), skipped_night))
    row = await reads.trigger(MINE, TRIGGER_ID)
    assert row is not None and row.definition.inputs == {"a": "{{ inputs.payload }}"}
    assert (await reads.triggers(MINE, None, 5)).items == [row]
    page = await reads.deliveries(MINE, TRIGGER_ID, None, 1)
    rest = await reads.deliveries(MINE, TRIGGER_ID, page.next, 1)
    assert {one.status for one in (*page.items, *rest.items)} == {"pending", "skipped"}
    delivery = await reads.delivery(MINE, TRIGGER_ID, "d-1")
    assert delivery is not None and delivery.event_position == store.log[1].position
    hook = await reads.hook(ALL, TRIGGER_ID)
    assert hook is not None and (hook.tenant_id, hook.secret_ciphertext) == (TENANT, "sealed")
    for hidden in (await reads.trigger(THEIRS, TRIGGER_ID), await reads.hook(THEIRS, TRIGGER_ID)):
        assert hidden is None
    assert await reads.delivery(THEIRS, TRIGGER_ID, "d-1") is None
    assert (await reads.deliveries(THEIRS, TRIGGER_ID, None, 5)).items == []


async def test_rates_are_the_platforms_and_terms_their_partners(store: World, reads: PostgresReads) -> None:
    await given(store, store.record("rate_card-system", SystemRateSet(rate=stories.RATE)))
    terms = PartnerTermsSet(partner_id=PARTNER, terms=stories.TERMS)
    await given(store, store.record(f"rate_card-{PARTNER}", terms, tenant=PLATFORM))
    [rate] = await reads.system_rates(ALL, EPOCH, None)
    assert (rate.model, rate.input, rate.in_force) == (stories.MODEL, Decimal("0.5"), True)
    assert await reads.system_rates(ALL, EPOCH, "acme/gpt") == []
    for scope in (MINE, PARTNERS):
        assert await reads.system_rates(scope, EPOCH, None) == []
    for scope in (ALL, PARTNERS):
        [agreed] = await reads.partner_terms(scope, PARTNER, EPOCH)
        assert agreed.price["markup_percent"] == "20"
    assert await reads.partner_terms(MINE, PARTNER, EPOCH) == []


async def test_budgets_come_page_by_page(store: World, reads: PostgresReads) -> None:
    sources = [SourceRef(kind="workflow", id=UUID(int=number)) for number in (60, 61, 62)]
    events = [
        SourceBudgetSet(tenant_id=TENANT, source=source, monthly_budget=Decimal(40)) for source in sources
    ]
    await given(store, store.record(f"tenant-{TENANT}", *events))
    first = await reads.budgets(MINE, None, 2, PERIOD, None)
    rest = await reads.budgets(MINE, first.next, 2, PERIOD, TENANT)
    assert [row.subject_id for row in (*first.items, *rest.items)] == [source.id for source in sources]
    assert rest.next is None
    assert (await reads.budgets(THEIRS, None, 2, PERIOD, None)).items == []
    with pytest.raises(BadCursor):
        await reads.budgets(MINE, "source", 2, PERIOD, None)


async def test_a_wallet_is_its_tenants(store: World, reads: PostgresReads) -> None:
    top_up = WalletToppedUp(
        tenant_id=TENANT,
        top_up_id=UUID(int=7),
        amount=Decimal(50),
        expires_at=None,
        source="manual",
        postings=(),
    )
    await given(store, store.record(f"wallet-{TENANT}", top_up))
    mine, theirs = await reads.wallet(MINE, TENANT), await reads.wallet(THEIRS, TENANT)
    assert (mine.mode, mine.balance, [one.amount for one in mine.top_ups]) == (
        "postpaid",
        Decimal(50),
        [Decimal(50)],
    )
    assert not theirs.balance and not theirs.top_ups


async def test_of_what_was_erased_the_edge_says_so(store: World, reads: PostgresReads) -> None:
    run = f"execution-{RUN_ID}"
    tombstone = ContentErased(was="execution.execution.started")
    store.record(run, tombstone)
    store.record(f"tenant-{TENANT}", ErasureBegun(tenant_id=TENANT))
    await store.store()
    with pytest.raises(ApiProblem) as caught:
        await reads.events_of_stream(MINE, run, 0, 10)
    assert (caught.value.status_code, caught.value.code) == (410, "tenancy.content_erased")
    [begun] = await reads.events_of_stream(MINE, f"tenant-{TENANT}", 0, 10)
    assert begun.event == ErasureBegun(tenant_id=TENANT)
