from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from projections.kernel import Connection
from projections.reading import many

IN_SCOPE = """
SELECT b.level, b.subject_id, b.source_kind, b.tenant_id, b.partner_id, b.limit_usd,
    CASE b.level
        WHEN 'tenant' THEN (SELECT coalesce(sum(m.price), 0) FROM month_totals m
            WHERE m.tenant_id = b.subject_id AND m.period = %(period)s AND m.kind <> 'credit_note')
        ELSE coalesce(u.posted_usd, 0) END AS posted_usd,
    CASE b.level
        WHEN 'partner' THEN coalesce(u.held_usd, 0)
        ELSE (SELECT coalesce(sum(h.amount_usd), 0) FROM holds h WHERE h.tenant_id = b.tenant_id
              AND h.period = %(period)s
              AND (b.level = 'tenant' OR h.source_id = b.subject_id)) END AS held_usd,
    ARRAY(SELECT a.threshold FROM budget_alerts a WHERE (a.level, a.subject_id) = (b.level, b.subject_id)
          AND a.period = %(period)s ORDER BY 1) AS reached
FROM budgets b
LEFT JOIN budget_uses u ON (u.level, u.subject_id) = (b.level, b.subject_id) AND u.period = %(period)s
WHERE b.limit_usd IS NOT NULL AND (%(tenant_id)s::uuid IS NULL OR b.tenant_id = %(tenant_id)s)
  AND (%(level)s::text IS NULL OR (b.level, b.subject_id) > (%(level)s, %(subject_id)s::uuid))
ORDER BY b.level, b.subject_id LIMIT %(limit)s
"""


@dataclass(frozen=True, slots=True)
class Budget:
    """`reached`: the thresholds in percent somebody was told of."""

    level: str
    subject_id: UUID
    source_kind: str | None
    tenant_id: UUID
    partner_id: UUID | None
    limit_usd: Decimal
    posted_usd: Decimal
    held_usd: Decimal
    reached: list[int]


async def list_page(
    conn: Connection,
    period: str,
    after: tuple[str, UUID] | None = None,
    limit: int = 50,
    tenant_id: UUID | None = None,
) -> list[Budget]:
    """`after`: level and subject of the last budget seen."""
    level, subject_id = after or (None, None)
    params = {"period": period, "tenant_id": tenant_id, "limit": limit}
    return await many(conn, Budget, IN_SCOPE, {**params, "level": level, "subject_id": subject_id})
