from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from projections.kernel import Connection
from projections.reading import many, one

COLUMNS = "SELECT name, definition, hash, deprecated, created_at, updated_at FROM tools"
ONE = f"{COLUMNS} WHERE tenant_id = %(tenant_id)s AND name = %(name)s"
PAGE = f"{COLUMNS} WHERE tenant_id = %(tenant_id)s AND name > %(after)s ORDER BY name LIMIT %(limit)s"


@dataclass(frozen=True, slots=True)
class Tool:
    name: str
    definition: dict[str, Any]
    hash: str
    deprecated: bool
    created_at: datetime
    updated_at: datetime


async def get(conn: Connection, tenant_id: UUID, name: str) -> Tool | None:
    return await one(conn, Tool, ONE, {"tenant_id": tenant_id, "name": name})


async def list_page(conn: Connection, tenant_id: UUID, after: str, limit: int) -> list[Tool]:
    """In the order of their names, those after `after`."""
    return await many(conn, Tool, PAGE, {"tenant_id": tenant_id, "after": after, "limit": limit})
