"""One pass per projection of money: its rows beside the entries they are sums of."""

from collections.abc import Iterator
from typing import Any

import psycopg
from pydantic_core import from_json

from bus.audit import holds
from bus.audit.chunk import event_of
from bus.audit.findings import Finding
from infra.audit.canonical import ROWS, split
from infra.audit.copying import copied
from infra.audit.store import LAST_POSITION

Connection = psycopg.Connection[Any]

POSITIONS = "SELECT name, position FROM projections"
STOPPED = "SELECT name, error FROM projections WHERE status = 'stopped'"
OF = "tenant_id, period, coalesce(partner_id, '00000000-0000-0000-0000-000000000000') AS partner_id"
TOTALS = f"""
SELECT tenant_id, period FROM (
    SELECT {OF}, sum(cost) AS cost, sum(price) AS price, sum(commission) AS commission
    FROM month_totals WHERE kind <> 'credit_note' GROUP BY 1, 2, 3
) m FULL JOIN (
    SELECT {OF}, sum(cost_usd) AS cost, sum(price_usd) AS price,
        sum(commission_usd) AS commission
    FROM ledger_entries WHERE kind <> 'write_off' GROUP BY 1, 2, 3
) e USING (tenant_id, period, partner_id)
WHERE (m.cost, m.price, m.commission) IS DISTINCT FROM (e.cost, e.price, e.commission)
ORDER BY 1, 2 LIMIT 20"""
HOLDS = "SELECT call_key, status FROM holds"


def positions(conn: Connection) -> dict[str, int]:
    return dict(conn.execute(POSITIONS).fetchall())


def stopped(conn: Connection) -> Iterator[Finding]:
    for name, error in conn.execute(STOPPED):
        yield Finding(f"projection {name}", f"it has stopped: {error}")


def wrong_totals(conn: Connection) -> Iterator[Finding]:
    """In one snapshot, when both have come equally far."""
    for tenant_id, period in conn.execute(TOTALS):
        yield Finding(f"month_totals {tenant_id} {period}", "it is not the sum of its entries")


def held_rows(conn: Connection) -> dict[str, str]:
    return dict(conn.execute(HOLDS).fetchall())


def held_after(conn: Connection, above: int, upto: int) -> dict[str, str | None]:
    """What became of holds in events that were not verified: those not sealed yet."""
    found: dict[str, str | None] = {}
    for row in copied(conn, ROWS.format(above=above, upto=upto, limit=LAST_POSITION)):
        head, data = split(row)
        holds.follow(found, event_of(head).type, from_json(data))
    return found


def wrong_holds(wanted: dict[str, str], stored: dict[str, str]) -> Iterator[Finding]:
    for key in sorted(wanted.keys() | stored.keys()):
        if wanted.get(key) != stored.get(key):
            yield Finding(
                f"holds {key}",
                f"it is {stored.get(key, 'absent')}, the events make it {wanted.get(key, 'absent')}",
            )
