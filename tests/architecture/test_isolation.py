"""A row of each of three tenants in every table, read as everybody who may read: each sees its own."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql

from bus.prepare import prepare
from infra.db.pools import API, WORKER, options
from infra.db.scope import SET, Scope
from schemas.base import PartnerId, TenantId
from tests.architecture.rows import Place, fill
from tests.support.servers import FreshDatabase

ACME, ZETA, SIBLING = (TenantId(uuid4()) for _ in range(3))
NORDIC, RIVAL = PartnerId(uuid4()), PartnerId(uuid4())
PLACES = [Place(ACME, NORDIC), Place(ZETA, RIVAL), Place(SIBLING, NORDIC)]
EVERYBODY = {ACME, ZETA, SIBLING}

SEES = {
    "a tenant": (Scope(tenant_id=ACME), {ACME}),
    "another tenant": (Scope(tenant_id=ZETA), {ZETA}),
    "a partner": (Scope(partner_id=NORDIC), {ACME, SIBLING}),
    "another partner": (Scope(partner_id=RIVAL), {ZETA}),
    "a tenant nobody knows": (Scope(tenant_id=TenantId(uuid4())), set[TenantId]()),
    "a partner nobody knows": (Scope(partner_id=PartnerId(uuid4())), set[TenantId]()),
    "a tenant with a partner's id": (Scope(tenant_id=TenantId(NORDIC)), set[TenantId]()),
    "a partner with a tenant's id": (Scope(partner_id=PartnerId(ACME)), set[TenantId]()),
    "the platform": (Scope(platform=True), EVERYBODY),
    "nobody": (Scope(), set[TenantId]()),
}
NOT_FOR_THE_EDGE = {"claims", "snapshots", "effect_claims", "parked_streams", "erased_content"}
"""What only workers read."""

NOT_FOR_WORKERS = {"access_log", "erased_content"}
"""What the edge writes itself, as the vault's role, and what the eraser counts."""

TABLES = """
SELECT relname, relispartition FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid
WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND attname = 'tenant_id'"""
OWNERS = "SELECT DISTINCT tenant_id FROM {}"


@pytest.fixture(scope="module")
async def filled(fresh_database: FreshDatabase) -> str:
    """A database with rows of three tenants in each table that says whose its rows are."""
    url = fresh_database("isolation")
    await prepare(url)
    with psycopg.connect(url) as owner:
        owner.execute("SET session_replication_role = replica")
        owner.execute("SELECT ensure_audit_segments(0, 1000)")
        for table in tables(owner, partitions=False):
            fill(owner, table, PLACES)
    return url


def tables(connection: psycopg.Connection, partitions: bool) -> list[str]:
    return sorted(name for name, is_one in connection.execute(TABLES) if is_one is partitions)


@contextmanager
def acting(url: str, role: str) -> Iterator[psycopg.Connection]:
    with psycopg.connect(url, options=options(role), autocommit=True) as connection:
        yield connection


def owners(connection: psycopg.Connection, table: str) -> set[TenantId]:
    query = sql.SQL(OWNERS).format(sql.Identifier(table))
    return {TenantId(tenant) for (tenant,) in connection.execute(query)}


@pytest.mark.parametrize("who", SEES)
def test_each_scope_sees_its_own_rows_in_every_table(filled: str, who: str) -> None:
    scope, wanted = SEES[who]
    with acting(filled, API) as edge:
        readable = [name for name in tables(edge, partitions=False) if name not in NOT_FOR_THE_EDGE]
        assert len(readable) > 40
        with edge.transaction():
            edge.execute(SET, scope.settings())
            seen = {table: owners(edge, table) for table in readable}
        assert {table: found for table, found in seen.items() if found != wanted} == {}


@pytest.mark.parametrize("used_before", [False, True])
def test_without_a_scope_every_table_is_empty(filled: str, used_before: bool) -> None:
    """Also on a connection somebody had before: its settings are '' then, and no longer NULL."""
    with acting(filled, API) as edge:
        if used_before:
            with edge.transaction():
                edge.execute(SET, Scope(ACME, NORDIC, platform=True).settings())
        for table in set(tables(edge, partitions=False)) - NOT_FOR_THE_EDGE:
            assert owners(edge, table) == set(), table


def test_workers_serve_everybody(filled: str) -> None:
    with acting(filled, WORKER) as worker:
        for table in set(tables(worker, partitions=False)) - NOT_FOR_WORKERS:
            assert owners(worker, table) == EVERYBODY, table


def test_no_partition_is_read_past_its_parent(filled: str) -> None:
    with acting(filled, API) as edge:
        edge.execute("SELECT set_config('app.scope', 'platform', false)")
        found = [*tables(edge, partitions=True), *NOT_FOR_THE_EDGE]
        assert any(name.startswith("audit_leaves") for name in found)
        assert any(name.startswith("payloads") for name in found)
        for name in found:
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                owners(edge, name)


def test_what_a_worker_writes_is_checked_by_a_policy_too(filled: str) -> None:
    """USING decides what is seen, WITH CHECK what is written: a policy for writing needs both."""
    query = "SELECT tablename, policyname, cmd, qual, with_check, roles::text[] FROM pg_policies"
    with psycopg.connect(filled) as owner:
        for table, name, command, using, check, roles in owner.execute(query):
            assert (using is not None) is (command != "INSERT"), (table, name)
            assert (check is not None) is (command != "SELECT"), (table, name)
            assert command == "SELECT" or roles in (["hb_worker"], ["hb_vault"], ["hb_eraser"]), (table, name)
