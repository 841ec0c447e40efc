"""A month that is over is closed: its totals are sealed, and what comes late is posted in an open one."""

from collections.abc import Sequence
from functools import reduce
from uuid import UUID, uuid5

from contexts.billing import rating
from contexts.billing.errors import HoldsOpen, NoPartner, PeriodNotOver
from contexts.billing.facts import PostingFacts
from contexts.billing.ledger import EMPTY, NOTHING, Ledger, evolve
from contexts.billing.months import month_of
from contexts.billing.postings import postings
from contexts.billing.rating import Charge
from contexts.billing.sharing import counted, credited
from contexts.kernel import Context
from schemas.base import Event, PartnerId
from schemas.billing.corrections import AdjustmentPosted, ClosePeriod, PeriodClosed

MINIMUM = UUID("0d5c7f0e-3f0d-4f2b-8a57-2a9c3b5f7e64")
"""Never changes: the ids of minimums are derived from it."""


def close(state: Ledger | None, command: ClosePeriod, ctx: Context) -> Sequence[Event]:
    ledger = state or EMPTY
    if ledger.closed:
        return []
    if command.period >= month_of(ctx.now):
        raise PeriodNotOver(f"{command.period} is not over")
    if ledger.holds:
        raise HoldsOpen(f"{len(ledger.holds)} calls of {command.period} are still held")
    if ctx.partner_id is None:
        raise NoPartner("a month cannot be closed without knowing whose partner's tenant it is about")
    posted, shared = lacking(ledger, command, ctx, ctx.partner_id)
    return [*posted, *shared, sealed(reduce(evolve, posted, ledger), command, ctx.partner_id)]


def lacking(
    ledger: Ledger, command: ClosePeriod, ctx: Context, partner_id: PartnerId
) -> tuple[list[Event], list[Event]]:
    """What the month lacks of the least its tenant pays: an entry, and what it does to shared streams."""
    facts: PostingFacts = ctx.facts or PostingFacts()
    due = rating.minimum_due(facts.terms, ledger.posted) if facts.terms else NOTHING
    if facts.terms is None or not due:
        return [], []
    tenant_id = command.tenant_id
    charge = Charge(NOTHING, due, rating.commission(due, NOTHING, facts.terms))
    id_ = uuid5(MINIMUM, f"{tenant_id}/{command.period}")
    credit, on_wallet = credited(facts, tenant_id, str(id_), due, ctx.now)
    entry = AdjustmentPosted(
        adjustment_id=id_,
        tenant_id=tenant_id,
        partner_id=partner_id,
        period=command.period,
        kind="minimum",
        about_period=command.period,
        reason=f"the month came to {ledger.posted}, the least is {facts.terms.minimum}",
        cost=charge.cost,
        price=charge.price,
        commission=charge.commission,
        postings=postings("", tenant_id, partner_id, charge, credit),
    )
    return [entry], [*on_wallet, *counted(facts, tenant_id, partner_id, command.period, str(id_), due)]


def sealed(ledger: Ledger, command: ClosePeriod, partner_id: PartnerId) -> PeriodClosed:
    return PeriodClosed(
        tenant_id=command.tenant_id,
        partner_id=partner_id,
        period=command.period,
        entries=ledger.entries,
        cost=ledger.cost,
        price=ledger.posted,
        commission=ledger.commission,
        last_version=ledger.version,
    )
