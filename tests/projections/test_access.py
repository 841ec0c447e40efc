"""Invitations, keys, impersonations: what the read side tells of them."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from infra.db.pools import API, async_pool
from infra.db.scope import Scope, scoped
from projections.impersonations import queries as impersonations
from projections.invitations import queries as invitations
from projections.services import queries as services
from projections.standing import queries as standing
from schemas.access import Permission, Role
from schemas.base import PLATFORM, UserId
from schemas.identity import invitations as i
from schemas.identity import services as s
from schemas.identity import support as p
from schemas.identity.types import Place
from schemas.registry import command_from
from tests.projections.world import EPOCH, OTHER_TENANT, PARTNER, TENANT, World
from tests.support.people import index, person, sealed

AT = Place(partner_id=PARTNER, tenant_id=TENANT)
ID, KEY, ANNA, SAM = UUID(int=80), UUID(int=81), UserId(UUID(int=82)), UserId(UUID(int=83))
UNTIL = EPOCH + timedelta(days=7)
EVERYTHING = Scope(platform=True)


def sent(**changes: Any) -> i.InvitationSent:
    defaults = {
        "place": AT,
        "place_name": "Shop",
        "invitation_id": ID,
        "role": Role.TENANT_BUILDER,
        "email": sealed(ID, "bob@example.com"),
        "email_index": index("bob@example.com"),
        "inviter": sealed(ANNA, "Anna"),
        "link": sealed(ID, "https://…"),
        "token_hash": "a" * 64,
        "days": 7,
        "expires_at": UNTIL,
    }
    return i.InvitationSent(**{**defaults, **changes})


def issued(**changes: Any) -> s.KeyIssued:
    defaults = {
        "place": AT,
        "service_id": ID,
        "key_id": KEY,
        "prefix": "abcdefgh",
        "hash": "a" * 64,
        "label": "CI",
        "scopes": (Permission.EXECUTIONS_READ,),
        "networks": ("10.0.0.0/8",),
        "issued_at": EPOCH,
        "expires_at": UNTIL,
    }
    return s.KeyIssued(**{**defaults, **changes})


def started() -> p.ImpersonationStarted:
    return p.ImpersonationStarted(
        tenant_id=TENANT,
        place_name="Shop",
        impersonation_id=ID,
        user_id=ANNA,
        email=sealed(ANNA, "anna@acme.example"),
        role=Role.TENANT_ADMIN,
        support_id=SAM,
        by=sealed(SAM, "Sam"),
        reason="Ticket 7",
        write=False,
        scopes=(Permission.EXECUTIONS_READ,),
        until=UNTIL,
    )


CREATED = s.ServiceCreated(place=AT, service_id=ID, name="Nightly", role=Role.TENANT_OPERATOR)


async def asked(world: World, scope: Scope, query: Any, *args: Any) -> Any:
    async with async_pool(world.url, API, 1, 1) as pool, scoped(pool, scope) as conn:
        return await query(conn, *args)


async def test_an_invitation_is_found_by_its_last_token_until_it_ends(world: World) -> None:
    await world.given(world.record("invitations-1", sent()))
    await world.given(world.record("invitations-1", sent(token_hash="b" * 64)))
    assert await asked(world, EVERYTHING, invitations.by_token, "a" * 64) is None
    found = await asked(world, EVERYTHING, invitations.by_token, "b" * 64)
    assert (found.id, found.tenant_id, found.role, found.status) == (ID, TENANT, "tenant_builder", "pending")
    ended = i.InvitationAccepted(place=AT, invitation_id=ID, person=person(), role=Role.TENANT_BUILDER)
    await world.given(world.record("invitations-1", ended))
    assert await asked(world, EVERYTHING, invitations.by_token, "b" * 64) is None
    [row] = await asked(world, Scope(tenant_id=TENANT), invitations.list_page, TENANT)
    assert (row.status, row.email, row.email_index, row.inviter) == ("accepted", "", "", "")


async def test_a_key_is_found_by_its_hash_with_its_accounts_present_role(world: World) -> None:
    await world.given(world.record("services-1", CREATED, issued()))
    shrunk = s.ServiceRoleSet(place=AT, service_id=ID, role=Role.TENANT_VIEWER)
    await world.given(world.record("services-1", shrunk))
    found = await asked(world, EVERYTHING, services.key_by_hash, "a" * 64)
    assert (found.service_id, found.tenant_id, found.partner_id) == (ID, TENANT, PARTNER)
    assert (found.role, found.scopes, found.networks) == (
        "tenant_viewer",
        ["executions:read"],
        ["10.0.0.0/8"],
    )
    assert (found.revoked, found.expires_at) == (False, UNTIL)
    soon = s.KeyRetired(place=AT, service_id=ID, key_id=KEY, expires_at=EPOCH)
    await world.given(world.record("services-1", soon))
    assert (await asked(world, EVERYTHING, services.key_by_hash, "a" * 64)).expires_at == EPOCH


async def test_a_key_counts_no_more_when_it_or_its_account_is_gone(world: World) -> None:
    other = issued(key_id=uuid4(), hash="b" * 64)
    await world.given(world.record("services-1", CREATED, issued(), other))
    await world.given(world.record("services-1", s.KeyRevoked(place=AT, service_id=ID, key_id=KEY)))
    revoked = [key.revoked for key in await asked(world, EVERYTHING, services.keys_of, ID)]
    assert sorted(revoked) == [False, True]
    await world.given(world.record("services-1", s.ServiceClosed(place=AT, service_id=ID)))
    assert all(key.revoked for key in await asked(world, EVERYTHING, services.keys_of, ID))


async def test_a_partners_program_belongs_to_the_partner_alone(world: World) -> None:
    place = Place(partner_id=PARTNER)
    account = CREATED.model_copy(update={"place": place, "role": Role.PARTNER_MEMBER})
    await world.given(world.record("services-2", account, issued(place=place), tenant=PLATFORM))
    assert (await asked(world, Scope(partner_id=PARTNER), services.get, ID)).tenant_id is None
    assert await asked(world, Scope(tenant_id=TENANT), services.get, ID) is None


async def test_other_tenants_see_nothing_of_it(world: World) -> None:
    await world.given(world.record("invitations-1", sent()))
    await world.given(world.record("services-1", CREATED, issued()))
    await world.given(world.record("support-1", started()))
    stranger = Scope(tenant_id=OTHER_TENANT)
    assert await asked(world, stranger, invitations.get, ID) is None
    assert await asked(world, stranger, services.get, ID) is None
    assert await asked(world, stranger, services.key_by_hash, "a" * 64) is None
    assert await asked(world, stranger, impersonations.get, ID) is None
    assert await asked(world, stranger, impersonations.consent, TENANT) is None


async def test_an_impersonation_ends_and_its_tokens_are_stale(world: World) -> None:
    await world.given(world.record("support-1", started()))
    since = EPOCH - timedelta(days=1)
    assert await asked(world, EVERYTHING, standing.after, 0, since) == []
    ended = p.ImpersonationEnded(tenant_id=TENANT, impersonation_id=ID, ended_by="tenant")
    [event] = world.record("support-1", ended)
    await world.given([event])
    [change] = await asked(world, EVERYTHING, standing.after, 0, since)
    assert (change.kind, change.id, change.place_id) == ("session", ID, PLATFORM)
    assert change.changed_at == event.recorded_at
    [row] = await asked(world, Scope(tenant_id=TENANT), impersonations.list_page, TENANT)
    assert (row.ended_by, row.ended_at, row.scopes) == ("tenant", event.recorded_at, ["executions:read"])


async def test_consent_is_given_and_taken_back(world: World) -> None:
    allowed = p.SupportWritesAllowed(tenant_id=TENANT, reason="Please repair it.", until=UNTIL)
    await world.given(world.record("support-1", allowed))
    assert await asked(world, EVERYTHING, impersonations.consent, TENANT) == (UNTIL, "Please repair it.")
    await world.given(world.record("support-1", p.SupportWritesWithdrawn(tenant_id=TENANT)))
    assert await asked(world, EVERYTHING, impersonations.consent, TENANT) is None


async def test_both_are_over_in_time(world: World) -> None:
    await world.given(world.record("invitations-1", sent()))
    await world.given(world.record("support-1", started()))
    timers = await world.rows("timers", "name")
    commands = [command_from(timer["command"], timer["data"]) for timer in timers]
    assert commands == [
        p.ExpireImpersonation(tenant_id=TENANT, impersonation_id=ID),
        i.ExpireInvitation(place=AT, invitation_id=ID),
    ]
    gone = i.InvitationRevoked(place=AT, invitation_id=ID)
    ended = p.ImpersonationEnded(tenant_id=TENANT, impersonation_id=ID, ended_by="support")
    await world.given(world.record("invitations-1", gone))
    await world.given(world.record("support-1", ended))
    assert await world.rows("timers", "name") == []
