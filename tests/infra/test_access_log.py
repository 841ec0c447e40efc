"""The access log on a real Postgres: who may write it, who sees what, what stays and what goes."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest

from api.adapters.access import PostgresAccess, access_log
from bus.prepare import prepare
from infra.access_log import months, postgres
from infra.access_log.entries import Access, Wanted
from infra.db.pools import API, VAULT, async_pool, options
from infra.db.scope import Scope
from schemas.base import PartnerId, TenantId
from tests.support.partners import put_under
from tests.support.servers import FreshDatabase

MINE, THEIRS = TenantId(uuid4()), TenantId(uuid4())
PARTNER = PartnerId(uuid4())
NOW = datetime.now(UTC)
ALL = Scope(platform=True)


def entry(at: datetime = NOW, **changes: Any) -> Access:
    made = Access(
        id=uuid4(),
        at=at,
        request_id="r-1",
        actor="user:7",
        subject="7",
        impersonator=None,
        role="tenant_admin",
        tenant_id=MINE,
        partner_id=PARTNER,
        ip="2001:db8::1",
        method="POST",
        route="/agents",
        status=201,
        decision="allowed",
        code=None,
        permission="authoring:write",
        user_agent='é"\\',
        ms=12.5,
    )
    return replace(made, **changes)


@pytest.fixture(scope="module")
async def prepared(fresh_database: FreshDatabase) -> str:
    await prepare(fresh_database("access_template"))
    return "access_template"


@pytest.fixture
def url(fresh_database: FreshDatabase, prepared: str) -> str:
    return fresh_database("access_log", template=prepared)


@pytest.fixture
async def trail(url: str) -> AsyncIterator[PostgresAccess]:
    async with (
        async_pool(url, VAULT, 1, 1) as writing,
        async_pool(url, API, 1, 1) as reading,
        access_log(writing, reading) as trail,
    ):
        yield trail


@pytest.fixture
async def owner(url: str) -> AsyncIterator[psycopg.AsyncConnection[Any]]:
    async with await psycopg.AsyncConnection.connect(url, autocommit=True) as conn:
        yield conn


async def written(trail: PostgresAccess, *entries: Access) -> None:
    for one in entries[:-1]:
        await trail.put(one)
    await trail.put(entries[-1], until_written=True)


async def seen(trail: PostgresAccess, scope: Scope, **wanted: Any) -> list[Access]:
    return list((await trail.page(scope, Wanted(**wanted), None, 100)).items)


async def test_it_comes_back_as_it_was_written(trail: PostgresAccess) -> None:
    full = entry(impersonator="9", decision="denied", status=403, code="auth.forbidden")
    empty = entry(
        NOW - timedelta(seconds=1),
        actor=None,
        subject=None,
        role=None,
        tenant_id=None,
        partner_id=None,
        permission=None,
    )
    await written(trail, empty, full)
    assert await seen(trail, ALL) == [full, empty]


async def test_each_scope_sees_its_rows(trail: PostgresAccess, url: str) -> None:
    put_under(url, MINE, PARTNER)
    mine, partners = entry(), entry(tenant_id=None)
    theirs, nobodys = entry(tenant_id=THEIRS, partner_id=None), entry(tenant_id=None, partner_id=None)
    await written(trail, mine, partners, theirs, nobodys)

    async def ids(scope: Scope, **wanted: Any) -> set[UUID]:
        return {one.id for one in await seen(trail, scope, **wanted)}

    assert await ids(Scope(tenant_id=MINE)) == {mine.id}
    assert await ids(Scope(partner_id=PARTNER)) == {mine.id, partners.id}
    assert await ids(Scope(partner_id=PARTNER), tenant_id=THEIRS) == set()
    assert await ids(Scope(tenant_id=MINE), tenant_id=THEIRS) == {mine.id}
    assert await ids(ALL) == {mine.id, partners.id, theirs.id, nobodys.id}
    assert await ids(ALL, tenant_id=THEIRS) == {theirs.id}
    assert await ids(Scope()) == set()


async def test_it_is_searched(trail: PostgresAccess) -> None:
    old = entry(NOW - timedelta(days=1), actor="user:8", subject="8", route="/tools")
    behind = entry(impersonator="8", decision="denied")
    await written(trail, old, behind)
    assert await seen(trail, ALL, actor="8") == [behind, old]
    assert await seen(trail, ALL, actor="user:8") == [old]
    assert await seen(trail, ALL, route="/tools") == [old]
    assert await seen(trail, ALL, decision="denied") == [behind]
    assert await seen(trail, ALL, since=NOW) == [behind]
    assert await seen(trail, ALL, until=NOW) == [old]


async def test_pages_of_equal_times_leave_nothing_out(trail: PostgresAccess) -> None:
    sent = [entry() for _ in range(7)]
    await written(trail, *sent)
    found: list[Access] = []
    cursor: str | None = None
    while True:
        page = await trail.page(ALL, Wanted(), cursor, 3)
        found += page.items
        if (cursor := page.next) is None:
            break
    assert sorted(one.id for one in found) == sorted(one.id for one in sent)
    assert len(found) == 7


async def test_written_twice_it_is_there_once(url: str, trail: PostgresAccess) -> None:
    one = entry()
    async with await psycopg.AsyncConnection.connect(url, options=options(VAULT), autocommit=True) as vault:
        for _ in range(2):
            await postgres.insert(vault, [one])
    assert await seen(trail, ALL) == [one]


@pytest.mark.parametrize("table", ["access_log", "access_log_other"])
@pytest.mark.parametrize("role", ["hb_vault", "hb_api", "hb_worker", None])
@pytest.mark.parametrize("change", ["UPDATE {} SET status = 200", "DELETE FROM {}", "TRUNCATE {}"])
async def test_it_cannot_be_changed(
    url: str, trail: PostgresAccess, role: str | None, table: str, change: str
) -> None:
    await written(trail, entry(datetime(2020, 1, 1, tzinfo=UTC)))
    async with await psycopg.AsyncConnection.connect(url, options=options(role) if role else None) as conn:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            await conn.execute(change.format(table).encode())
    assert len(await seen(trail, ALL)) == 1


@pytest.mark.parametrize("role", ["hb_vault", "hb_worker"])
async def test_who_writes_cannot_read(url: str, role: str) -> None:
    async with await psycopg.AsyncConnection.connect(url, options=options(role)) as conn:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            await conn.execute("SELECT FROM access_log")


async def test_old_months_go_as_a_whole(trail: PostgresAccess, owner: psycopg.AsyncConnection[Any]) -> None:
    bounds = "FOR VALUES FROM ('2020-01-01Z') TO ('2020-02-01Z')"
    await owner.execute("SELECT make_access_log_partition('access_log_2020_01', %s)", (bounds,))
    await written(trail, entry(datetime(2020, 1, 31, tzinfo=UTC)), entry())
    this = NOW.date().replace(day=1)
    assert await months.drop_before(owner, date(2020, 1, 1)) == []
    assert await months.drop_before(owner, this) == ["access_log_2020_01"]
    assert [one.at.year for one in await seen(trail, ALL)] == [NOW.year]
    await months.ensure(owner)
    assert await months.drop_before(owner, this) == []


def test_whole_months_are_kept() -> None:
    assert months.first_kept(date(2026, 11, 26), 13) == date(2025, 10, 1)
    assert months.first_kept(date(2026, 1, 31), 1) == date(2025, 12, 1)
    assert months.first_kept(date(2026, 12, 1), 12) == date(2025, 12, 1)
