from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

from projections.members import queries as members
from projections.tenants import queries as tenants
from schemas.access import Role
from schemas.authoring.agents import AgentDefinition
from schemas.authoring.definition import Release, WorkflowDefinition
from schemas.authoring.events import (
    AgentCreated,
    AgentRevised,
    WorkflowCreated,
    WorkflowDeprecated,
    WorkflowPublished,
    WorkflowRevised,
)
from schemas.authoring.nodes import NoopNode
from schemas.base import PLATFORM
from schemas.identity import events as e
from schemas.identity.types import Place
from schemas.tenancy.events import (
    PartnerCreated,
    TenantActivated,
    TenantPastDue,
    TenantProvisioned,
    TenantReinstated,
    TenantSuspended,
)
from schemas.tenancy.life import TenantClosed, TenantClosingBegun, TenantClosingWithdrawn, TenantTransferred
from schemas.tenancy.partners import PartnerTenantAdded
from schemas.tenancy.types import PartnerTerms
from tests.projections import stories
from tests.projections.world import EPOCH, OTHER_PARTNER, OTHER_TENANT, PARTNER, TENANT, World
from tests.support.people import index, person

ADMIN = person()


async def test_a_partner_belongs_to_the_platform_and_to_itself(world: World) -> None:
    created = PartnerCreated(
        partner_id=PARTNER, name="Acme", terms=PartnerTerms(markup_percent=Decimal(20)), admin=ADMIN
    )
    await world.given(world.record(f"partner-{PARTNER}", created))
    [row] = await world.rows("partners")
    assert (row["name"], row["tenant_id"], row["partner_id"]) == ("Acme", PLATFORM, PARTNER)
    assert (row["markup_percent"], row["admin_user_id"]) == (20, ADMIN.user_id)


async def test_a_tenants_status_follows_its_events(world: World) -> None:
    provisioned = TenantProvisioned(
        tenant_id=TENANT,
        partner_id=PARTNER,
        name="Shop",
        subdomain="shop",
        monthly_budget=Decimal(5),
        owner=ADMIN,
    )
    await world.given(world.record(f"tenant-{TENANT}", provisioned, TenantActivated(tenant_id=TENANT)))
    [row] = await world.rows("tenants")
    assert (row["status"], row["monthly_budget"], row["partner_id"]) == ("active", 5, PARTNER)
    suspended = TenantSuspended(tenant_id=TENANT, reason="unpaid")
    await world.given(world.record(f"tenant-{TENANT}", suspended, partner=None))
    [row] = await world.rows("tenants")
    assert (row["status"], row["status_reason"], row["name"]) == ("suspended", "unpaid", "Shop")
    assert row["partner_id"] == PARTNER


async def test_what_a_person_holds_back_is_looked_at_again(world: World) -> None:
    await given_shop(world)
    due = TenantPastDue(tenant_id=TENANT, reason="unpaid", cause="dunning", status="past_due")
    by_hand = TenantSuspended(tenant_id=TENANT, reason="fraud", cause="operator", status="suspended")
    await world.given(world.record(f"tenant-{TENANT}", due, by_hand))
    held_at = world.log[-1].recorded_at
    soon, later = held_at + timedelta(days=30, seconds=-1), held_at + timedelta(days=30)
    assert [await tenants.to_review(world.conn, at) for at in (soon, later)] == [0, 1]
    lifted = TenantReinstated(tenant_id=TENANT, reason="clear", cause="operator", status="past_due")
    await world.given(world.record(f"tenant-{TENANT}", lifted))
    assert await tenants.to_review(world.conn, later) == 0


async def given_shop(world: World) -> None:
    shop = TenantProvisioned(
        tenant_id=TENANT, partner_id=PARTNER, name="Shop", subdomain="shop", monthly_budget=None, owner=None
    )
    await world.given(world.record(f"tenant-{TENANT}", shop, TenantActivated(tenant_id=TENANT)))
    await world.given(world.record(f"partner-{PARTNER}", PartnerTenantAdded(**OWN), tenant=PLATFORM))


OWN: dict[str, Any] = {"partner_id": PARTNER, "tenant_id": TENANT}


async def test_each_cause_that_holds_a_tenant_back_is_told_until_it_lets_go(world: World) -> None:
    await given_shop(world)
    due = TenantPastDue(tenant_id=TENANT, reason="unpaid", cause="dunning", status="past_due")
    closing = TenantClosingBegun(tenant_id=TENANT, reason="over", due_at=EPOCH, status="restricted")
    await world.given(world.record(f"tenant-{TENANT}", due, closing))
    assert {h.cause: h.held for h in await tenants.holds(world.conn, TENANT)} == {
        "dunning": "past_due",
        "closing": "restricted",
    }
    stays = TenantClosingWithdrawn(tenant_id=TENANT, reason="stay", status="past_due")
    await world.given(world.record(f"tenant-{TENANT}", stays))
    assert [h.cause for h in await tenants.holds(world.conn, TENANT)] == ["dunning"]
    row = await tenants.get(world.conn, TENANT)
    assert row is not None
    assert (row.status, row.closing_at) == ("past_due", None)


async def test_a_closed_tenant_keeps_its_row_and_gives_its_name_away(world: World) -> None:
    await given_shop(world)
    closed = TenantClosed(**OWN, reason="over", subdomain="shop", free_at=EPOCH)
    await world.given(world.record(f"tenant-{TENANT}", closed))
    assert await tenants.by_subdomain(world.conn, "shop") is None
    other = TenantProvisioned(
        tenant_id=OTHER_TENANT,
        partner_id=PARTNER,
        name="New",
        subdomain="shop",
        monthly_budget=None,
        owner=None,
    )
    await world.given(world.record(f"tenant-{OTHER_TENANT}", other, tenant=OTHER_TENANT))
    found = await tenants.by_subdomain(world.conn, "shop")
    assert found is not None
    assert found.id == OTHER_TENANT
    row = await tenants.get(world.conn, TENANT)
    assert row is not None
    assert (row.status, row.closing_at) == ("closed", None)


async def test_a_transfer_stays_whatever_is_heard_afterwards_of_the_time_before(world: World) -> None:
    """Also of its people: their next token names the partner of now."""
    await given_shop(world)
    joined = e.MembershipGranted(place=Place(**OWN), person=ADMIN, role=Role.TENANT_OWNER)
    await world.given(world.record(f"team-{TENANT}", joined))
    moved = TenantTransferred(
        tenant_id=TENANT, from_partner=PARTNER, to_partner=OTHER_PARTNER, at=EPOCH, reason="moved"
    )
    await world.given(world.record(f"tenant-{TENANT}", moved))
    await world.given(world.record(f"tenant-{TENANT}", TenantSuspended(tenant_id=TENANT, reason="x")))
    row = await tenants.get(world.conn, TENANT)
    assert row is not None
    assert (row.partner_id, row.status) == (OTHER_PARTNER, "suspended")
    [member] = await members.of_user(world.conn, ADMIN.user_id)
    assert member.partner_id == OTHER_PARTNER
    [stale] = [row for row in await world.rows("standing") if row["kind"] == "moved"]
    assert stale["id"] == TENANT


PARTNERS = Place(partner_id=PARTNER)
REGISTERED = e.UserRegistered(**dict(ADMIN), verified=False)
GRANTED = e.MembershipGranted(place=PARTNERS, person=ADMIN, role=Role.PARTNER_ADMIN)


async def given_ada(world: World) -> None:
    await world.given(world.record(f"user-{ADMIN.user_id}", REGISTERED))
    await world.given(world.record(f"team-{PARTNER}", GRANTED))


async def test_a_person_belongs_to_the_platform_and_their_role_to_its_place(world: World) -> None:
    await given_ada(world)
    [user] = await world.rows("users")
    assert (user["email"], user["verified"], user["tenant_id"]) == (ADMIN.email, False, PLATFORM)
    assert user["partner_id"] is None
    [member] = await world.rows("members")
    assert (member["id"], member["role"]) == (ADMIN.user_id, "partner_admin")
    assert (member["tenant_id"], member["partner_id"]) == (PLATFORM, PARTNER)


async def test_a_role_changes_and_ends(world: World) -> None:
    await given_ada(world)
    changed = e.RoleChanged(place=PARTNERS, user_id=ADMIN.user_id, role=Role.PARTNER_FINANCE)
    await world.given(world.record(f"team-{PARTNER}", changed))
    [member] = await world.rows("members")
    assert (member["role"], member["email"]) == ("partner_finance", ADMIN.email)
    gone = e.MembershipRevoked(place=PARTNERS, user_id=ADMIN.user_id, reason="left")
    await world.given(world.record(f"team-{PARTNER}", gone))
    assert await world.rows("members") == []


async def test_of_an_erased_person_nothing_is_left_to_read(world: World) -> None:
    await given_ada(world)
    linked = e.IdentityLinked(
        user_id=ADMIN.user_id, provider="google", subject_index=index("7"), subject=ADMIN.name
    )
    events = world.record(f"user-{ADMIN.user_id}", linked)
    await world.given(events)
    assert len(await world.rows("user_identities", "subject_index")) == 1
    erased = e.UserErased(user_id=ADMIN.user_id, reason="x", email_index=ADMIN.email_index, identities=())
    await world.given(world.record(f"user-{ADMIN.user_id}", erased))
    [user] = await world.rows("users")
    assert (user["email"], user["name"], user["erased"]) == ("", "", True)
    assert await world.rows("user_identities", "subject_index") == []


async def test_who_was_erased_may_come_back_as_somebody_new(world: World) -> None:
    await given_ada(world)
    await world.given(world.record(f"user-{ADMIN.user_id}", e.UserErased(user_id=ADMIN.user_id, reason="x")))
    again = person()
    registered = e.UserRegistered(**dict(again), verified=True)
    await world.given(world.record(f"user-{again.user_id}", registered))
    users = {row["id"]: row["email_index"] for row in await world.rows("users")}
    assert users[again.user_id] == again.email_index != users[ADMIN.user_id]


async def test_an_agent_is_listed_with_its_model(world: World) -> None:
    definition = AgentDefinition(model=stories.MODEL, instructions="Be brief.")
    created = AgentCreated(agent_id=uuid4(), name="Greeter", definition=definition, hash="h")
    await world.given(world.record("agent-1", created))
    [row] = await world.rows("agents")
    assert (row["name"], row["model"]) == ("Greeter", stories.MODEL)
    assert AgentDefinition.model_validate(row["definition"]) == definition


async def test_a_workflow_keeps_its_draft_beside_what_was_published(world: World) -> None:
    id_ = uuid4()
    first, second = (workflow(text) for text in ("one", "two"))
    events = world.record(
        f"workflow-{id_}",
        WorkflowCreated(workflow_id=id_, name="Greet", definition=first),
        WorkflowPublished(workflow_id=id_, number=1, hash="h1", release=Release(definition=first)),
        WorkflowRevised(workflow_id=id_, definition=second),
    )
    await world.given(events)
    [row] = await world.rows("workflows")
    assert (row["published"], row["definition"]["output"]) == (1, "two")
    [version] = await world.rows("workflow_versions")
    assert (version["number"], version["release"]["definition"]["output"]) == (1, "one")


async def test_a_version_rolled_back_to_is_the_draft_and_a_deprecated_one_says_so(world: World) -> None:
    id_ = uuid4()
    first, second = (Release(definition=workflow(text)) for text in ("one", "two"))
    begin = world.record(
        f"workflow-{id_}",
        WorkflowCreated(workflow_id=id_, name="Greet", definition=first.definition),
        WorkflowPublished(workflow_id=id_, number=1, hash="h1", release=first),
        WorkflowRevised(workflow_id=id_, definition=second.definition),
        WorkflowPublished(workflow_id=id_, number=2, hash="h2", release=second),
    )
    await world.given(begin)
    back = WorkflowPublished(workflow_id=id_, number=3, hash="h1", release=first, rolled_back_to=1)
    deprecated = WorkflowDeprecated(workflow_id=id_, number=2)
    events = world.record(f"workflow-{id_}", back, deprecated)
    await world.given(events)
    await world.given(events)
    [row] = await world.rows("workflows")
    assert (row["published"], row["hash"], row["definition"]["output"]) == (3, "h1", "one")
    versions = await world.rows("workflow_versions", "number")
    assert [(v["number"], v["deprecated"], v["rolled_back_to"]) for v in versions] == [
        (1, False, None),
        (2, True, None),
        (3, False, 1),
    ]
    assert versions[1]["created_at"] == begin[-1].recorded_at


async def test_an_agent_keeps_its_versions(world: World) -> None:
    id_ = uuid4()
    first, second = (AgentDefinition(model=stories.MODEL, instructions=text) for text in ("one", "two"))
    events = world.record(
        f"agent-{id_}",
        AgentCreated(agent_id=id_, name="Greeter", definition=first, hash="h1"),
        AgentRevised(agent_id=id_, number=2, name="Host", definition=second, hash="h2"),
    )
    await world.given(events)
    [row] = await world.rows("agents")
    assert (row["name"], row["version"], row["definition"]["instructions"]) == ("Host", 2, "two")
    versions = await world.rows("agent_versions", "number")
    assert [(v["number"], v["name"], v["hash"]) for v in versions] == [
        (1, "Greeter", "h1"),
        (2, "Host", "h2"),
    ]


def workflow(output: str) -> WorkflowDefinition:
    return WorkflowDefinition(nodes=(NoopNode(type="noop", id="a"),), output=output)
