from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from projections.kernel import Connection
from projections.reading import Before, one, page

SELECT = "SELECT id, name, admin_user_id, markup_percent, commission_percent, created_at FROM partners"


@dataclass(frozen=True, slots=True)
class Partner:
    id: UUID
    name: str
    admin_user_id: UUID | None
    markup_percent: Decimal
    commission_percent: Decimal
    created_at: datetime


async def get(conn: Connection, partner_id: UUID) -> Partner | None:
    return await one(conn, Partner, f"{SELECT} WHERE id = %(id)s", {"id": partner_id})


async def list_page(conn: Connection, before: Before | None = None, limit: int = 50) -> list[Partner]:
    return await page(conn, Partner, SELECT, before, limit)
