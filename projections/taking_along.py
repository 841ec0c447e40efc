"""All a tenant has, to take along: which tables, and which of their columns are the tenant's to see."""

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from psycopg import sql

from projections.kernel import Connection

FETCHED = 500
"""Rows a round trip brings: as many are in memory at a time."""

AT = ("created_at", "updated_at")
EXPORTED: Mapping[str, Sequence[str]] = {
    "tenants": (
        *("id", "name", "subdomain", "monthly_budget", "status", "status_reason", "max_runs", "branding"),
        *("settings", *AT),
    ),
    "tenant_holds": ("cause", "held", "reason", *AT),
    "members": ("id", "email", "name", "role", *AT),
    "invitations": ("id", "role", "email", "status", "expires_at", *AT),
    "service_accounts": ("id", "name", "role", "closed", *AT),
    "api_keys": ("id", "service_id", "prefix", "label", "scopes", "networks", "revoked", "expires_at", *AT),
    "impersonations": ("id", "user_id", "role", "reason", "write", "until", "ended_at", "ended_by", *AT),
    "support_consents": ("allowed", "reason", "until", *AT),
    "agents": ("id", "name", "model", "version", "hash", "definition", *AT),
    "agent_versions": ("agent_id", "number", "name", "hash", "definition", *AT),
    "workflows": ("id", "name", "published", "hash", "definition", *AT),
    "workflow_versions": ("workflow_id", "number", "hash", "release", "deprecated", "rolled_back_to", *AT),
    "tools": ("name", "definition", "hash", "deprecated", *AT),
    "secrets": ("name", *AT),
    "triggers": ("id", "name", "workflow_id", "version", "hash", "definition", "enabled", "next_tick", *AT),
    "trigger_deliveries": (
        "id",
        "trigger_id",
        "occurrence",
        "at",
        "until",
        "ticks",
        "status",
        "problem",
        *AT,
    ),
    "executions": (
        *("id", "source_kind", "source_id", "source_version", "source_hash", "source_name", "status"),
        *("priority", "max_cost", "parent_execution_id", "parent_node", "fork_of", "fork_from", "trigger_id"),
        *("started_at", "finished_at", "error_code", "error_message", "error_node", "inputs", "output", *AT),
    ),
    "execution_steps": (
        *("execution_id", "node", "kind", "attempt", "status", "model", "finished_at", "error", "output"),
        *AT,
    ),
    "step_attempts": (
        *("execution_id", "node", "attempt", "status", "model", "began_at", "ended_at", "usage", "price"),
        *("latency_ms", "finish_reason", "error", *AT),
    ),
    "approvals": (
        *("id", "execution_id", "node", "purpose", "status", "message", "form", "assignees", "approved"),
        *("data", "answered_by", "closed_at", *AT),
    ),
    "ledger_entries": (
        *("id", "kind", "stream", "version", "period", "job_id", "node", "attempt", "source_kind"),
        *("source_id", "reason", "model", "tokens_input", "tokens_output", "tokens_cache_read"),
        *("tokens_cache_write", "tokens_reasoning", "images", "audio_ms", "price_usd", "recorded_at"),
    ),
    "budgets": ("level", "subject_id", "source_kind", "limit_usd", *AT),
    "wallets": ("mode", "balance_usd", "held_usd", *AT),
    "top_ups": ("id", "amount_usd", "source", "expires_at", *AT),
    "invoices": ("id", "period", "status", "number", "total", "due", "issued_at", "due_at", "face", *AT),
    "credit_notes": ("id", "invoice_id", "number", "total", "reason", "issued_at", "face", *AT),
    "carryovers": ("credits", "prepaid", *AT),
    "payments": ("id", "number", "amount_usd", "currency", "status", "due_at", "attempts", "paid_at", *AT),
    "tax_profiles": ("profile", *AT),
}
"""What a call cost, what a partner earns of it, and sealed secrets are in none of them."""


async def rows_of(conn: Connection, table: str, tenant_id: UUID) -> AsyncIterator[dict[str, Any]]:
    """In no particular order. `conn` is in a transaction that sees the tenant."""
    query = sql.SQL(
        "SELECT to_jsonb(t) FROM (SELECT {columns} FROM {table} WHERE tenant_id = %s) AS t"
    ).format(columns=sql.SQL(", ").join(map(sql.Identifier, EXPORTED[table])), table=sql.Identifier(table))
    async with conn.cursor(name=f"export_{table}") as cursor:
        await cursor.execute(query, (tenant_id,))
        while rows := await cursor.fetchmany(FETCHED):
            for (row,) in rows:
                yield row
