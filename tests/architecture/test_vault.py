"""What proves who people are is one role's, which has nothing else; in a database as it is installed."""

from typing import Any

import psycopg
import pytest

TABLES = """
SELECT oid::regclass::text FROM pg_class
WHERE relnamespace = 'vault'::regnamespace AND relkind IN ('r', 'p', 'v', 'm')"""
ROLE = """
SELECT rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolcanlogin FROM pg_roles
WHERE rolname = 'hb_vault'"""
GRANTS = """
SELECT DISTINCT pg_get_userbyid(right_.grantee) FROM pg_class, aclexplode(relacl) right_
WHERE relnamespace = 'vault'::regnamespace AND right_.grantee <> relowner"""
PUBLIC = """
SELECT relname FROM pg_class, aclexplode(relacl) right_
WHERE relnamespace = 'vault'::regnamespace AND right_.grantee = 0"""
ELSEWHERE = """
SELECT table_name, privilege_type FROM information_schema.role_table_grants
WHERE grantee = 'hb_vault' AND table_schema <> 'vault'"""
OWNED = "SELECT relname FROM pg_class WHERE pg_get_userbyid(relowner) = 'hb_vault'"
MEMBERS = "SELECT pg_get_userbyid(roleid) FROM pg_auth_members WHERE member = 'hb_vault'::regrole"


def rows(database: psycopg.Connection, query: str, *params: Any) -> list[tuple[Any, ...]]:
    return database.execute(query.encode(), params).fetchall()


def test_the_vault_is_there(database: psycopg.Connection) -> None:
    tables = {name for (name,) in rows(database, TABLES)}
    assert {"vault.sessions", "vault.passwords", "vault.totp", "vault.passkeys"} <= tables


@pytest.mark.parametrize("role", ["hb_api", "hb_worker"])
def test_other_roles_cannot_look_into_the_vault(database: psycopg.Connection, role: str) -> None:
    assert rows(database, "SELECT has_schema_privilege(%s, 'vault', 'USAGE, CREATE')", role) == [(False,)]
    for (table,) in rows(database, TABLES):
        rights = "SELECT has_table_privilege(%s, %s, 'SELECT, INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES')"
        assert rows(database, rights, role, table) == [(False,)], table


def test_nobody_else_was_given_rights_there(database: psycopg.Connection) -> None:
    assert rows(database, GRANTS) == [("hb_vault",)]
    assert rows(database, PUBLIC) == []


def test_the_vaults_role_has_no_power_and_only_adds_to_the_access_log(database: psycopg.Connection) -> None:
    assert rows(database, ROLE) == [(False, False, False, False, False)]
    assert rows(database, OWNED) == rows(database, MEMBERS) == []
    assert rows(database, ELSEWHERE) == [("access_log", "INSERT")]


@pytest.mark.parametrize("role", ["hb_api", "hb_worker"])
def test_reading_it_fails(database: psycopg.Connection, role: str) -> None:
    with database.transaction(force_rollback=True):
        database.execute(f"SET LOCAL ROLE {role}".encode())
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            database.execute("SELECT * FROM vault.sessions")
