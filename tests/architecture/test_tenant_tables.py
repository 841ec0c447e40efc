"""Every table that says whose a row is keeps tenants apart, in a database as it is installed."""

from typing import Any

import psycopg
import pytest

from projections.isolation import OF_THEIR_TIME, isolate

SHARED = {
    "audit_checkpoints": "signed sizes and roots of the whole ledger",
    "audit_cosignatures": "what witnesses signed of them",
    "audit_nodes": "hashes over the entries of many tenants",
    "audit_signers": "which keys signed which sizes",
    "checkpoints": "positions of the bus's consumers",
    "key_rings": "the platform's own keys, encrypted",
    "projections": "positions of the projections",
    "schema_version": "which migrations were applied",
}
"""Tables without a tenant, and what is in them."""

INSERT_ONLY = (
    *("stored_events", "commands", "payloads", "effect_claims", "ledger_entries_v1"),
    *("audit_leaves", "audit_nodes", "audit_checkpoints", "audit_cosignatures", "audit_signers"),
    "payment_entries_v1",
)

ERASING = "erased_content"
"""What was erased of whom: the eraser's own, nobody else's."""

ERASER = {
    *(("commands", "SELECT"), ("erased_content", "INSERT"), ("erased_content", "SELECT")),
    *(("erased_content", "UPDATE"), ("payloads", "DELETE"), ("payloads", "SELECT")),
    *(("snapshots", "DELETE"), ("snapshots", "SELECT"), ("stored_events", "SELECT")),
}
ERASER_CHANGES = {("commands", "refusal"), ("stored_events", "topic")}
"""And a trigger says of which tenant, and into what."""

ACCESS_LOG = "access_log"
"""Of requests, not of events: no worker has to do with it, and who writes it cannot read it."""

TABLES = """
SELECT c.relname, c.relrowsecurity, c.relforcerowsecurity, pg_get_userbyid(c.relowner), attname IS NOT NULL
FROM pg_class c LEFT JOIN pg_attribute ON attrelid = c.oid AND attname = 'tenant_id' AND NOT attisdropped
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')"""

VIEWS = """
SELECT relname, reloptions FROM pg_class
WHERE relnamespace = 'public'::regnamespace AND relkind IN ('v', 'm')
AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = pg_class.oid AND deptype = 'e')"""

POLICIES = "SELECT tablename, array_agg(r.r::text) FROM pg_policies, unnest(roles) r(r) GROUP BY 1"

FUNCTIONS = """
SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND prosecdef"""

ROLES = """
SELECT rolname, rolsuper, rolbypassrls, rolcreaterole, rolcreatedb FROM pg_roles
WHERE rolname IN ('hb_api', 'hb_eraser', 'hb_vault', 'hb_worker') ORDER BY 1"""


def rows(database: psycopg.Connection, query: str, *params: Any) -> list[tuple[Any, ...]]:
    return database.execute(query.encode(), params).fetchall()


def tenant_tables(database: psycopg.Connection) -> set[str]:
    return {name for name, _, _, _, has_tenant in rows(database, TABLES) if has_tenant}


def test_every_table_has_a_tenant_or_a_reason(database: psycopg.Connection) -> None:
    without = {name for name, _, _, _, has_tenant in rows(database, TABLES) if not has_tenant}
    assert without == SHARED.keys()


def test_every_tenant_table_is_isolated_even_from_its_owner(database: psycopg.Connection) -> None:
    assert len(tenant_tables(database)) > 10
    isolated = {name for name, on, forced, _, _ in rows(database, TABLES) if on and forced}
    assert tenant_tables(database) - isolated == set()


def test_every_tenant_table_has_policies_for_our_roles_only(database: psycopg.Connection) -> None:
    policies = {name: frozenset(roles) for name, roles in rows(database, POLICIES)}
    assert policies.keys() == tenant_tables(database)
    log = {name for name in policies if name.startswith(ACCESS_LOG)}
    assert {policies[name] for name in log} == {frozenset({"hb_vault"}), frozenset({"hb_vault", "hb_api"})}
    assert policies.pop(ERASING) == {"hb_eraser"}
    others = {roles - {"hb_eraser"} for name, roles in policies.items() if name not in log}
    assert others == {frozenset({"hb_worker"}), frozenset({"hb_worker", "hb_api"})}


def test_a_view_asks_its_readers_rights(database: psycopg.Connection) -> None:
    views = rows(database, VIEWS)
    assert views
    assert [name for name, options in views if "security_invoker=true" not in (options or [])] == []


def test_our_roles_cannot_pass_by_the_policies(database: psycopg.Connection) -> None:
    powers = rows(database, ROLES)
    ours = ("hb_api", "hb_eraser", "hb_vault", "hb_worker")
    assert powers == [(name, False, False, False, False) for name in ours]
    assert {owner for _, _, _, owner, _ in rows(database, TABLES)} & {name for name, *_ in powers} == set()
    assert rows(database, FUNCTIONS) == []


def test_the_edge_changes_no_tenant_table(database: psycopg.Connection) -> None:
    writable = "SELECT has_table_privilege('hb_api', %s, 'INSERT, UPDATE, DELETE, TRUNCATE')"
    assert [table for table in tenant_tables(database) if rows(database, writable, table)[0][0]] == []


@pytest.mark.parametrize("table", INSERT_ONLY)
def test_what_is_recorded_stays(database: psycopg.Connection, table: str) -> None:
    changeable = "SELECT has_table_privilege('hb_worker', %s, 'UPDATE, DELETE, TRUNCATE')"
    assert rows(database, changeable, table) == [(False,)]


def test_a_name_is_given_back_and_never_changes_hands(database: psycopg.Connection) -> None:
    """Who has it releases it; then it is claimed anew."""
    changeable = "SELECT has_table_privilege('hb_worker', 'claims', 'UPDATE, TRUNCATE')"
    assert rows(database, changeable) == [(False,)]


def test_nobody_else_was_given_rights(database: psycopg.Connection) -> None:
    others = """SELECT table_name, grantee FROM information_schema.role_table_grants
        WHERE table_schema = 'public' AND grantee NOT IN ('hb_api', 'hb_worker', 'hb_eraser', current_user)
        AND NOT (grantee = 'hb_vault' AND table_name = 'access_log' AND privilege_type = 'INSERT')
        AND table_name = ANY(%s)"""
    assert rows(database, others, [name for name, *_ in rows(database, TABLES)]) == []


def test_the_eraser_has_no_more_than_it_needs(database: psycopg.Connection) -> None:
    tables = """SELECT table_name, privilege_type FROM information_schema.role_table_grants
        WHERE grantee = 'hb_eraser'"""
    columns = """SELECT table_name, column_name FROM information_schema.role_column_grants
        WHERE grantee = 'hb_eraser' AND privilege_type = 'UPDATE' AND table_name <> 'erased_content'"""
    assert set(rows(database, tables)) == ERASER
    assert set(rows(database, columns)) == ERASER_CHANGES


FOREIGN_KEYS = """
SELECT conrelid::regclass::text, conname FROM pg_constraint
WHERE contype = 'f' AND connamespace = 'public'::regnamespace
AND EXISTS (SELECT FROM pg_attribute WHERE attrelid = confrelid AND attname = 'tenant_id')
AND NOT EXISTS (
    SELECT FROM pg_attribute WHERE attrelid = conrelid AND attname = 'tenant_id' AND attnum = ANY(conkey))"""


def test_no_row_refers_to_another_tenants(database: psycopg.Connection) -> None:
    """A foreign key is checked past all policies: only one with the tenant in it stays inside."""
    assert rows(database, FOREIGN_KEYS) == []
    with database.transaction(force_rollback=True):
        database.execute("CREATE TABLE wards (id uuid PRIMARY KEY, tenant_id uuid NOT NULL)")
        database.execute("CREATE TABLE beds (ward uuid CONSTRAINT leak REFERENCES wards, tenant_id uuid)")
        assert rows(database, FOREIGN_KEYS) == [("beds", "leak")]


SAID = """
SELECT pg_get_expr(polqual, polrelid), bool_and(regexp_replace(relname, '_v\\d+$', '') = ANY(%s)),
    bool_or(regexp_replace(relname, '_v\\d+$', '') = ANY(%s))
FROM pg_policy JOIN pg_class c ON c.oid = polrelid WHERE polname = 'api' AND relname <> 'stored_events'
GROUP BY 1 ORDER BY 2"""


async def test_two_expressions_say_whose_rows_the_edge_sees(prepared_database: str) -> None:
    """Of what stays with the partner of its time, and of the rest; whatever a migration wrote. Events are of
    both kinds, by what they are of.
    """
    async with await psycopg.AsyncConnection.connect(prepared_database) as conn:
        names = [list(OF_THEIR_TIME)] * 2
        said = await (await conn.execute(SAID, names)).fetchall()
        assert [of_their_time for _, *of_their_time in said] == [[False, False], [True, True]]
        await conn.execute("DROP POLICY api ON commands")
        await conn.execute("CREATE POLICY api ON commands FOR SELECT TO hb_api USING (true)")
        assert await isolate(conn) == ["commands"]
        assert await (await conn.execute(SAID, names)).fetchall() == said
        assert await isolate(conn) == []
        await conn.rollback()
