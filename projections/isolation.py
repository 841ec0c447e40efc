"""What says whose rows the edge sees. Every table's policy `api` is made to say it.

A partner sees the rows of the tenants that are its own now, whoever was their partner when a row was written,
and rows of its own that are no tenant's. Entries and documents stay with the partner of their time.
"""

import re
from hashlib import sha256
from pathlib import Path

from psycopg import sql

from projections.kernel import Connection

POLICY = (Path(__file__).parent / "policy.sql").read_text()
PARTNER = "(SELECT nullif(current_setting('app.partner_id', true), '')::uuid)"
BY_ROW = f"partner_id = {PARTNER}"
BY_LIST = f"""CASE WHEN tenant_id IS NULL OR tenant_id = '00000000-0000-0000-0000-000000000000' THEN {BY_ROW}
            ELSE tenant_id IN (SELECT own FROM own_tenants() AS own) END"""
BY_TOPIC = f"CASE WHEN topic LIKE 'billing.%' THEN {BY_ROW} ELSE {BY_LIST} END"
"""Of events: what an entry was made of is its partner's to prove for ever."""

OF_THEIR_TIME = frozenset(
    {
        *(
            "ledger_entries",
            "month_totals",
            "closed_months",
            "run_sources",
            "periods",
            "holds",
        ),
        *("invoices", "credit_notes", "payments", "payment_entries", "refunds", "audit_leaves"),
        *("system_rates", "partner_terms", "partner_tenants"),
    }
)
"""By the table's name without a version. `partner_tenants` is the list itself."""

SAID = """
SELECT polrelid::regclass::text, obj_description(oid, 'pg_policy') FROM pg_policy WHERE polname = 'api'
ORDER BY 1"""
ALTER = """
ALTER POLICY api ON {table} USING ({policy});
COMMENT ON POLICY api ON {table} IS {version}"""


def policy_of(table: str) -> str:
    """`table`: as it is called in the database."""
    name = re.sub(r"_v\d+$", "", table)
    return POLICY.replace("{of_partner}", of_partner(name))


def of_partner(name: str) -> str:
    if name == "stored_events":
        return BY_TOPIC
    return BY_ROW if name in OF_THEIR_TIME else BY_LIST


def version_of(table: str) -> str:
    return sha256(policy_of(table).encode()).hexdigest()


async def isolate(conn: Connection) -> list[str]:
    """As owner. The tables whose policy said something else, or did not say which version it is."""
    async with conn.transaction():
        said = await (await conn.execute(SAID)).fetchall()
        others = [table for table, version in said if version != version_of(table)]
        for table in others:
            names = {"table": sql.SQL(table), "version": sql.Literal(version_of(table))}
            await conn.execute(sql.SQL(ALTER).format(policy=sql.SQL(policy_of(table)), **names))
    return others
