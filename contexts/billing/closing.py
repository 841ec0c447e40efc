"""A month that is over is closed: its totals are sealed, and what comes late is posted in an open one."""

from contexts.billing.errors import HoldsOpen, NoPartner, PeriodNotOver
from contexts.billing.ledger import EMPTY, Ledger
from contexts.billing.months import month_of
from contexts.kernel import Context
from schemas.billing.corrections import ClosePeriod, PeriodClosed


def close(state: Ledger | None, command: ClosePeriod, ctx: Context) -> list[PeriodClosed]:
    ledger = state or EMPTY
    if ledger.closed:
        return []
    if command.period >= month_of(ctx.now):
        raise PeriodNotOver(f"{command.period} is not over")
    if ledger.holds:
        raise HoldsOpen(f"{len(ledger.holds)} calls of {command.period} are still held")
    if ctx.partner_id is None:
        raise NoPartner("a month cannot be closed without knowing whose partner's tenant it is about")
    return [
        PeriodClosed(
            tenant_id=command.tenant_id,
            partner_id=ctx.partner_id,
            period=command.period,
            entries=ledger.entries,
            cost=ledger.cost,
            price=ledger.posted,
            commission=ledger.commission,
            last_version=ledger.version,
        )
    ]
