from dataclasses import fields
from uuid import UUID

from projections.kernel import Connection
from projections.reading import many
from schemas.billing.months import ClosedMonth, MonthTotal

COLUMNS = [field.name for field in fields(MonthTotal)]
MONTH = f"SELECT {', '.join(COLUMNS)} FROM month_totals WHERE period = %(period)s"
IN_ORDER = " ORDER BY tenant_id, kind, source_name, source_id, model, about_period"
# Statements of many tenants tell them, kinds and models apart, and nothing else.
NARROW = ("source_kind", "source_id", "source_name", "about_period")
KEYS = ("tenant_id", "partner_id", "period", "kind", "model")
COUNTED = {name for name in COLUMNS if name == "entries" or name.startswith("tokens_")}


def summed(name: str) -> str:
    if name in NARROW:
        return f"'' AS {name}"
    if name in KEYS:
        return name
    return f"sum({name}){'::bigint' if name in COUNTED else ''} AS {name}"


SUMMED = ", ".join(summed(name) for name in COLUMNS)
ACROSS = f"SELECT {SUMMED} FROM month_totals WHERE period = %(period)s"
BY_TENANT = " GROUP BY tenant_id, partner_id, period, kind, model ORDER BY tenant_id, kind, model"
CLOSED = """
SELECT tenant_id, partner_id, period, entries, cost, price, commission, created_at AS closed_at
FROM closed_months WHERE period = %(period)s ORDER BY tenant_id
"""


async def of_tenant(conn: Connection, tenant_id: UUID, period: str) -> list[MonthTotal]:
    """By kind, agent or workflow, and model."""
    params = {"tenant_id": tenant_id, "period": period}
    return await many(conn, MonthTotal, f"{MONTH} AND tenant_id = %(tenant_id)s{IN_ORDER}", params)


async def of_partner(conn: Connection, partner_id: UUID, period: str) -> list[MonthTotal]:
    """By tenant, kind and model."""
    params = {"partner_id": partner_id, "period": period}
    return await many(conn, MonthTotal, f"{ACROSS} AND partner_id = %(partner_id)s{BY_TENANT}", params)


async def of_all(conn: Connection, period: str) -> list[MonthTotal]:
    """By tenant, kind and model, of everybody the asker may see."""
    return await many(conn, MonthTotal, f"{ACROSS}{BY_TENANT}", {"period": period})


async def closed(conn: Connection, period: str) -> list[ClosedMonth]:
    return await many(conn, ClosedMonth, CLOSED, {"period": period})
