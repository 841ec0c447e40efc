"""After a call: it is settled, released, unknown, and in the end written off."""

from collections.abc import Sequence
from uuid import UUID, uuid5

from contexts.billing import rating
from contexts.billing.budgets import Subject
from contexts.billing.errors import CallNotOpen, NoPartner
from contexts.billing.facts import PostingFacts
from contexts.billing.ledger import EMPTY, GRACE, Hold, Ledger
from contexts.billing.month_to_date import standing
from contexts.billing.months import open_month
from contexts.billing.postings import postings
from contexts.billing.sharing import counted, credited, freed, passed, settled_budget, settled_credit
from contexts.kernel import Context
from schemas.base import Event, PartnerId
from schemas.billing.commands import MarkCallUnknown, ReleaseCall, ResolveHold, SettleCall
from schemas.billing.corrections import AdjustmentPosted
from schemas.billing.events import CallReleased, CallSettled, CallUnknown, CallWrittenOff

LATE = UUID("6e5ac3a7-4f0b-4b1e-9d0a-2f7c3c2f9b11")
"""Never changes: ids of late usage are derived from it."""


def settle(state: Ledger | None, command: SettleCall, ctx: Context) -> Sequence[Event]:
    ledger, key = state or EMPTY, command.call.key
    if ctx.partner_id is None:
        raise NoPartner(f"call {key} cannot be settled without a partner")
    if ledger.closed and key in ledger.lost:
        return late(ledger.lost[key], command, ctx, ctx.partner_id)
    hold = ledger.holds.get(key)
    if hold is None:
        raise CallNotOpen(f"call {key} is not held, so nothing can be settled")
    return [*settled(ledger, hold, command, ctx, ctx.partner_id)]


def settled(
    ledger: Ledger, hold: Hold, command: SettleCall, ctx: Context, partner_id: PartnerId
) -> Sequence[Event]:
    facts: PostingFacts = ctx.facts or PostingFacts()
    tenant_id, call = command.tenant_id, command.call
    pricing = standing(hold.pricing, ledger.usage_so_far)
    charge = rating.charge(command.usage, pricing)
    credit, on_wallet = settled_credit(hold, facts, tenant_id, call, charge.price, ctx.now)
    entry = CallSettled(
        tenant_id=tenant_id,
        partner_id=partner_id,
        call=call,
        model=hold.model,
        usage=command.usage,
        pricing=pricing,
        cost=charge.cost,
        price=charge.price,
        commission=charge.commission,
        postings=postings(hold.model, tenant_id, partner_id, charge, credit),
        degraded=command.usage.estimated,
        quarantined=command.usage.quarantined,
        source=hold.source,
    )
    on_budget = settled_budget(hold, tenant_id, partner_id, call, charge.price)
    if facts.limits.none:
        return [entry, *on_wallet, *on_budget]
    subject = Subject(tenant_id, partner_id, hold.source, call.period)
    return [entry, *on_wallet, *on_budget, *passed(ledger, facts.limits, subject, charge.price)]


def late(hold: Hold, command: SettleCall, ctx: Context, partner_id: PartnerId) -> Sequence[Event]:
    """The call's month is closed: its usage is charged in an open one, once, at the rates of its hold."""
    facts: PostingFacts = ctx.facts or PostingFacts()
    tenant_id, call = command.tenant_id, command.call
    id_ = uuid5(LATE, call.key)
    period, month = open_month(facts.months, ctx.now)
    if id_ in month.adjusted:
        return []
    charge = rating.charge(command.usage, hold.pricing)
    credit, on_wallet = credited(facts, tenant_id, str(id_), charge.price, ctx.now)
    entry = AdjustmentPosted(
        adjustment_id=id_,
        tenant_id=tenant_id,
        partner_id=partner_id,
        period=period,
        kind="late_usage",
        about_period=call.period,
        reason=f"usage of {call.key} came after its month was closed",
        cost=charge.cost,
        price=charge.price,
        commission=charge.commission,
        postings=postings(hold.model, tenant_id, partner_id, charge, credit),
        call=call,
        model=hold.model,
        usage=command.usage,
        pricing=hold.pricing,
        source=hold.source,
    )
    return [entry, *on_wallet, *counted(facts, tenant_id, partner_id, period, str(id_), charge.price)]


def release(state: Ledger | None, command: ReleaseCall, ctx: Context) -> Sequence[Event]:
    """A call that was refused has failed as well: there is nothing to release then."""
    hold = (state or EMPTY).holds.get(command.call.key)
    if hold is None:
        return []
    facts: PostingFacts = ctx.facts or PostingFacts()
    return [CallReleased(**dict(command)), *freed(hold, facts, command.tenant_id, command.call, ctx)]


def mark_unknown(state: Ledger | None, command: MarkCallUnknown, ctx: Context) -> list[CallUnknown]:
    hold = (state or EMPTY).holds.get(command.call.key)
    if hold is None or hold.status == "unknown":
        return []
    return [CallUnknown(**dict(command), resolve_at=ctx.now + GRACE)]


def resolve_hold(state: Ledger | None, command: ResolveHold, ctx: Context) -> Sequence[Event]:
    hold = (state or EMPTY).holds.get(command.call.key)
    if hold is None or ctx.now < hold.due_at:
        return []
    if hold.status == "open":
        return [CallUnknown(**dict(command), reason="billing.hold_expired", resolve_at=ctx.now + GRACE)]
    facts: PostingFacts = ctx.facts or PostingFacts()
    lost = CallWrittenOff(**dict(command), hold=hold.amount)
    return [lost, *freed(hold, facts, command.tenant_id, command.call, ctx)]
