from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from projections.kernel import Connection
from projections.reading import Before, one, page

SELECT = """
SELECT id, name, admin_user_id, markup_percent, commission_percent, settings, branding, closed_at, created_at
FROM partners
"""


@dataclass(frozen=True, slots=True)
class Partner:
    id: UUID
    name: str
    admin_user_id: UUID | None
    markup_percent: Decimal
    commission_percent: Decimal
    settings: dict[str, Any] | None
    branding: dict[str, Any] | None
    closed_at: datetime | None
    created_at: datetime


async def get(conn: Connection, partner_id: UUID) -> Partner | None:
    return await one(conn, Partner, f"{SELECT} WHERE id = %(id)s", {"id": partner_id})


async def list_page(conn: Connection, before: Before | None = None, limit: int = 50) -> list[Partner]:
    return await page(conn, Partner, SELECT, before, limit)
