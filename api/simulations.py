"""Reckons a period again, page by page, up to so many entries."""

from collections.abc import Awaitable, Callable, Sequence

from api.adapters.rows.billing import usage
from api.pure import Charge, Settled, Simulation
from projections.ledger_entries.rows import LedgerEntry
from schemas.base import PartnerId, TenantId
from schemas.billing.cards import Card
from schemas.billing.types import Pricing

PAGE = 500

NextPage = Callable[[int, int], Awaitable[Sequence[LedgerEntry]]]
"""`(position, limit)` -> the next entries after it."""


class TooManyEntries(Exception):
    """The period has more entries than may be reckoned at once."""


async def simulated(card: Card, page: NextPage, most: int) -> Simulation:
    simulation, after = Simulation(card), 0
    while rows := await page(after, PAGE):
        if simulation.calls + len(rows) > most:
            raise TooManyEntries
        simulation.take([settled(row) for row in rows])
        after = rows[-1].position
    return simulation


def settled(row: LedgerEntry) -> Settled:
    assert row.partner_id is not None, "a settled call has a partner"
    return Settled(
        tenant_id=TenantId(row.tenant_id),
        partner_id=PartnerId(row.partner_id),
        usage=usage(row),
        pricing=Pricing.model_validate(row.pricing),
        charge=Charge(row.cost_usd, row.price_usd, row.commission_usd),
    )
