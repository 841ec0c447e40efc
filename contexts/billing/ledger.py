"""One tenant's month: a call is held before it is made, then settled, released, or written off.

The state knows open holds and two totals, never old calls: CallAuthorized claims its call key for ever,
so what has ended cannot begin again.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Literal

from contexts.billing import rating
from contexts.billing.errors import BUDGET_EXCEEDED, NO_RATE, CallNotOpen, NoPartner
from contexts.billing.facts import AuthorizationFacts
from contexts.billing.month_to_date import UsageSoFar, counted, standing
from contexts.billing.postings import postings
from contexts.kernel import Aggregate, Context
from schemas.billing.commands import AuthorizeCall, MarkCallUnknown, ReleaseCall, ResolveHold, SettleCall
from schemas.billing.events import (
    CallAuthorized,
    CallRefused,
    CallReleased,
    CallSettled,
    CallUnknown,
    CallWrittenOff,
)
from schemas.billing.types import Pricing
from schemas.tenancy.types import TENANT_SUSPENDED

LedgerEvent = CallAuthorized | CallRefused | CallSettled | CallReleased | CallUnknown | CallWrittenOff

GRACE = timedelta(minutes=5)
"""How long after its time-out a call may still report, and how long an unknown one may still be settled."""


@dataclass(frozen=True)
class Hold:
    """`due_at`: when an open hold becomes unknown, when an unknown one is written off."""

    amount: Decimal
    model: str
    pricing: Pricing
    status: Literal["open", "unknown"]
    due_at: datetime


@dataclass(frozen=True)
class Ledger:
    """`holds` by call key; `held` is their sum, kept so that a decision need not add them up."""

    holds: Mapping[str, Hold] = field(default_factory=dict)
    posted: Decimal = Decimal(0)
    held: Decimal = Decimal(0)
    usage_so_far: UsageSoFar = field(default_factory=dict)


EMPTY = Ledger()


def authorize(state: Ledger | None, command: AuthorizeCall, ctx: Context) -> list[LedgerEvent]:
    ledger = state or EMPTY
    facts: AuthorizationFacts = ctx.facts
    if command.call.key in ledger.holds:
        return []
    if facts.suspended:
        return [refused(command, TENANT_SUSPENDED, "the tenant is suspended")]
    if facts.pricing is None:
        return [no_rate(command)]
    pricing = standing(facts.pricing, ledger.usage_so_far)
    hold = rating.hold(command.max_input_tokens, command.max_output_tokens, pricing)
    if facts.budget is not None and ledger.posted + ledger.held + hold > facts.budget:
        return [over_budget(ledger, command, facts.budget, hold)]
    return [authorized(command, ctx, pricing, hold)]


def no_rate(command: AuthorizeCall) -> CallRefused:
    return refused(command, NO_RATE, f"no rate or no terms are in force for {command.model!r}")


def refused(command: AuthorizeCall, code: str, detail: str) -> CallRefused:
    return CallRefused(tenant_id=command.tenant_id, call=command.call, code=code, detail=detail)


def over_budget(ledger: Ledger, command: AuthorizeCall, budget: Decimal, hold: Decimal) -> CallRefused:
    return CallRefused(
        tenant_id=command.tenant_id,
        call=command.call,
        code=BUDGET_EXCEEDED,
        detail=f"posted {ledger.posted} + held {ledger.held} + this call {hold} > budget {budget}",
        budget=budget,
        posted=ledger.posted,
        held=ledger.held,
        hold=hold,
    )


def authorized(command: AuthorizeCall, ctx: Context, pricing: Pricing, hold: Decimal) -> CallAuthorized:
    return CallAuthorized(
        tenant_id=command.tenant_id,
        call=command.call,
        model=command.model,
        hold=hold,
        pricing=pricing,
        request_ref=command.request_ref,
        expires_at=ctx.now + timedelta(seconds=command.timeout_seconds) + GRACE,
    )


def settle(state: Ledger | None, command: SettleCall, ctx: Context) -> list[CallSettled]:
    hold = (state or EMPTY).holds.get(command.call.key)
    if hold is None:
        raise CallNotOpen(f"call {command.call.key} is not held, so nothing can be settled")
    if ctx.partner_id is None:
        raise NoPartner(f"call {command.call.key} cannot be settled without a partner")
    pricing = standing(hold.pricing, (state or EMPTY).usage_so_far)
    charge = rating.charge(command.usage, pricing)
    return [
        CallSettled(
            tenant_id=command.tenant_id,
            partner_id=ctx.partner_id,
            call=command.call,
            model=hold.model,
            usage=command.usage,
            pricing=pricing,
            cost=charge.cost,
            price=charge.price,
            commission=charge.commission,
            postings=postings(hold.model, command.tenant_id, ctx.partner_id, charge),
            degraded=command.usage.estimated,
            quarantined=command.usage.quarantined,
        )
    ]


def release(state: Ledger | None, command: ReleaseCall, ctx: Context) -> list[CallReleased]:
    """A call that was refused has failed as well: there is nothing to release then."""
    if command.call.key not in (state or EMPTY).holds:
        return []
    return [CallReleased(**dict(command))]


def mark_unknown(state: Ledger | None, command: MarkCallUnknown, ctx: Context) -> list[CallUnknown]:
    hold = (state or EMPTY).holds.get(command.call.key)
    if hold is None or hold.status == "unknown":
        return []
    return [CallUnknown(**dict(command), resolve_at=ctx.now + GRACE)]


def resolve_hold(state: Ledger | None, command: ResolveHold, ctx: Context) -> list[LedgerEvent]:
    hold = (state or EMPTY).holds.get(command.call.key)
    if hold is None or ctx.now < hold.due_at:
        return []
    if hold.status == "open":
        return [CallUnknown(**dict(command), reason="billing.hold_expired", resolve_at=ctx.now + GRACE)]
    return [CallWrittenOff(**dict(command), hold=hold.amount)]


def evolve(state: Ledger | None, event: LedgerEvent) -> Ledger:
    ledger = state or EMPTY
    match event:
        case CallAuthorized():
            hold = Hold(event.hold, event.model, event.pricing, "open", event.expires_at)
            return opened(ledger, event.call.key, hold)
        case CallUnknown():
            return unknown(ledger, event.call.key, event.resolve_at)
        case CallSettled():
            so_far = counted(ledger.usage_so_far, event.pricing, event.usage, event.price)
            settled = replace(closed(ledger, event.call.key), usage_so_far=so_far)
            return replace(settled, posted=ledger.posted + event.price)
        case CallReleased() | CallWrittenOff():
            return closed(ledger, event.call.key)
    return ledger


def opened(ledger: Ledger, key: str, hold: Hold) -> Ledger:
    return replace(ledger, holds={**ledger.holds, key: hold}, held=ledger.held + hold.amount)


def unknown(ledger: Ledger, key: str, due_at: datetime) -> Ledger:
    hold = replace(ledger.holds[key], status="unknown", due_at=due_at)
    return replace(ledger, holds={**ledger.holds, key: hold})


def closed(ledger: Ledger, key: str) -> Ledger:
    holds = dict(ledger.holds)
    hold = holds.pop(key)
    return replace(ledger, holds=holds, held=ledger.held - hold.amount)


LEDGER = Aggregate("ledger", Ledger, evolve, snapshot_every=500)
