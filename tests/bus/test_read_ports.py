"""What effects ask the read models, on Postgres."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID, uuid5

import pytest
from psycopg_pool import AsyncConnectionPool

from bus.farewells import ProjectedFarewells
from bus.open_runs import ProjectedRuns
from bus.place_table import ProjectedInvited
from bus.prepare import prepare
from infra.db.pools import WORKER, async_pool
from schemas.access import Role
from schemas.base import PLATFORM
from schemas.identity.events import UserErased, UserRegistered
from schemas.identity.invitations import InvitationRevoked, InvitationSent, RevokeInvitation
from schemas.identity.types import Place
from tests.projections import stories
from tests.projections.world import EPOCH, OTHER_TENANT, PARTNER, TENANT, World
from tests.support.people import ReadableBox, index, person, plain, sealed
from tests.support.servers import FreshDatabase

AT = Place(tenant_id=TENANT, partner_id=PARTNER)
ADA = person("ada@example.com")


@pytest.fixture
async def world(fresh_database: FreshDatabase) -> AsyncIterator[World]:
    url = fresh_database("read_ports")
    await prepare(url)
    async with World(url) as made:
        yield made


@pytest.fixture
async def pool(world: World) -> AsyncIterator[AsyncConnectionPool[Any]]:
    async with async_pool(world.url, WORKER, 1, 2) as opened:
        yield opened


def sent(number: int, email: str) -> InvitationSent:
    id_ = UUID(int=number)
    return InvitationSent(
        place=AT,
        place_name="Shop",
        invitation_id=id_,
        role=Role.TENANT_VIEWER,
        email=sealed(id_, email),
        email_index=index(email),
        inviter=sealed(id_, "Rita"),
        link=sealed(id_, "https://hb.example"),
        token_hash=f"{number:064}",
        days=7,
        expires_at=EPOCH,
    )


async def test_open_invitations_to_an_address(world: World, pool: AsyncConnectionPool[Any]) -> None:
    made = [sent(1, "ada@example.com"), sent(2, "ada@example.com"), sent(3, "bob@example.com")]
    gone = InvitationRevoked(place=AT, invitation_id=UUID(int=2))
    told = world.record(f"invitations-{TENANT}", *made, gone)
    await world.given(told)
    found = await ProjectedInvited(pool).pending(index("ada@example.com"), told[-1].position)
    assert found == [RevokeInvitation(place=AT, invitation_id=UUID(int=1))]


async def test_open_runs_of_a_tenant(world: World, pool: AsyncConnectionPool[Any]) -> None:
    run = UUID(int=9)
    open_ = world.record(f"execution-{run}", stories.started(run))
    await world.given(open_)
    await world.given(stories.run(world)[1])
    await world.given(stories.run(world, tenant=OTHER_TENANT)[1])
    assert await ProjectedRuns(pool).open(TENANT, open_[0].position) == [run]


async def test_where_the_last_letter_goes(world: World, pool: AsyncConnectionPool[Any]) -> None:
    farewells, id_ = ProjectedFarewells(pool, ReadableBox(), lambda: EPOCH), ADA.user_id
    assert await farewells.to(id_) is None
    registered = UserRegistered(**dict(ADA), verified=True)
    await world.given(world.record(f"user-{id_}", registered, tenant=PLATFORM, partner=None))
    last = await farewells.to(id_)
    assert last and (plain(last), last.split(".")[1]) == ("ada@example.com", str(uuid5(id_, "farewell")))
    erased = UserErased(user_id=id_, reason="x")
    await world.given(world.record(f"user-{id_}", erased, tenant=PLATFORM, partner=None))
    assert await farewells.to(id_) is None
