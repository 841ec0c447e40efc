"""Whose rows a transaction may see. Row-level security reads these settings; unset, it shows nothing."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool

from schemas.base import PartnerId, TenantId

# Local to the transaction, so that a pooled connection carries nothing over to its next user.
SET = """
SELECT set_config('app.tenant_id', %s, true), set_config('app.partner_id', %s, true),
    set_config('app.scope', %s, true)
"""


@dataclass(frozen=True, slots=True)
class Scope:
    tenant_id: TenantId | None = None
    partner_id: PartnerId | None = None
    platform: bool = False

    def settings(self) -> tuple[str, str, str]:
        return str(self.tenant_id or ""), str(self.partner_id or ""), "platform" if self.platform else ""


@asynccontextmanager
async def scoped(
    pool: AsyncConnectionPool[AsyncConnection[Any]], scope: Scope
) -> AsyncIterator[AsyncConnection[Any]]:
    """One transaction that sees the scope's rows and no others."""
    async with pool.connection() as conn, conn.transaction():
        await conn.execute(SET, scope.settings())
        yield conn
