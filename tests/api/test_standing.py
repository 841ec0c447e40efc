"""A token is as good as what it says is still true."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from api.standing import Standing
from projections.standing.queries import MOST, Change
from schemas.access import Role
from schemas.base import PLATFORM, PartnerId, TenantId
from schemas.envelope import Actor
from tests.api.world import World, problem

ISSUED = datetime.now(UTC) - timedelta(minutes=1)
SOON = timedelta(milliseconds=1)
USER, TENANT, PARTNER = uuid4(), TenantId(uuid4()), PartnerId(uuid4())
SESSION, HELPER = uuid4(), uuid4()
ANNA = Actor(
    kind="user",
    id=str(USER),
    role=Role.TENANT_ADMIN,
    tenant_id=TENANT,
    partner_id=PARTNER,
    session_id=SESSION,
    impersonator=str(HELPER),
)


class Source:
    def __init__(self) -> None:
        self.changes: list[Change] = []
        self.asked = 0
        self.away = False

    def add(self, kind: str, id_: UUID, place: UUID = PLATFORM, state: str = "") -> None:
        at = datetime.now(UTC)
        self.changes.append(Change(kind, id_, place, state, at, len(self.changes) + 1))

    async def __call__(self, position: int, since: datetime) -> Sequence[Change]:
        self.asked += 1
        await asyncio.sleep(0)
        if self.away:
            raise ConnectionError("no database")
        return [change for change in self.changes if change.position > position][:MOST]


async def known(source: Source) -> Standing:
    standing = Standing(source)
    await standing.refresh()
    return standing


@pytest.mark.parametrize(
    ("kind", "id_", "place"),
    [
        ("user", USER, PLATFORM),
        ("user", HELPER, PLATFORM),
        ("member", USER, TENANT),
        ("moved", TENANT, PLATFORM),
        ("session", SESSION, PLATFORM),
    ],
)
async def test_what_changed_about_an_actor_makes_earlier_tokens_stale(
    kind: str, id_: UUID, place: UUID
) -> None:
    source = Source()
    source.add(kind, id_, place)
    standing = await known(source)
    at = source.changes[0].changed_at
    assert standing.stale(ANNA, at) and standing.stale(ANNA, ISSUED)
    assert not standing.stale(ANNA, at + SOON)


async def test_what_changed_elsewhere_matters_to_nobody_here() -> None:
    source = Source()
    source.add("member", USER, uuid4())
    source.add("user", uuid4())
    source.add("session", uuid4())
    assert not (await known(source)).stale(ANNA, ISSUED)


async def test_an_ended_session_is_stale() -> None:
    at = datetime.now(UTC)

    async def revoked(since: datetime) -> Sequence[tuple[UUID, datetime]]:
        return [(SESSION, at)]

    standing = Standing(Source(), revoked)
    await standing.refresh()
    assert standing.stale(ANNA, ISSUED)


async def test_a_tenant_is_held_until_it_is_reinstated() -> None:
    source, clock = Source(), [0.0]
    standing = Standing(source, now=lambda: clock[0])
    source.add("tenant", TENANT, state="suspended")
    await standing.refresh()
    assert standing.held(TENANT) == "suspended"
    source.add("tenant", TENANT, state="active")
    await standing.refresh()
    assert standing.held(TENANT) == "suspended", "within a second nobody asks again"
    clock[0] += 1.0
    await standing.refresh()
    assert standing.held(TENANT) is None


async def test_requests_that_come_together_ask_once() -> None:
    source = Source()
    standing = Standing(source)
    await asyncio.gather(*(standing.refresh() for _ in range(50)))
    assert source.asked == 1


async def test_more_changes_than_one_answer_holds_are_all_read() -> None:
    source = Source()
    for _ in range(MOST):
        source.add("user", uuid4())
    source.add("user", USER)
    assert (await known(source)).stale(ANNA, ISSUED)


async def test_who_cannot_read_lets_nobody_in() -> None:
    source = Source()
    source.away = True
    with pytest.raises(ConnectionError):
        await known(source)


async def test_a_stale_token_is_refused(world: World) -> None:
    async with world.client(world.anna) as anna:
        assert (await anna.get("/auth/me")).status_code == 200
        changed = Change("user", UUID(world.anna.id), PLATFORM, "", datetime.now(UTC), 1)
        world.reads.changes.append(changed)
        world.seconds += 1.0
        problem(await anna.get("/auth/me"), 401, "auth.stale_token")
