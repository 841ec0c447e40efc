from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from projections.kernel import Connection
from projections.reading import many

PAGE = """
SELECT name, fingerprint, created_at, updated_at FROM secrets
WHERE tenant_id = %(tenant_id)s AND name > %(after)s ORDER BY name LIMIT %(limit)s
"""


@dataclass(frozen=True, slots=True)
class Secret:
    name: str
    fingerprint: str
    created_at: datetime
    updated_at: datetime


async def list_page(conn: Connection, tenant_id: UUID, after: str, limit: int) -> list[Secret]:
    """In the order of their names, those after `after`."""
    return await many(conn, Secret, PAGE, {"tenant_id": tenant_id, "after": after, "limit": limit})
