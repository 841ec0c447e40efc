"""Before a call: it is held on every budget it counts for and on prepaid credit, all at once, or refused."""

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal

from contexts.billing import rating
from contexts.billing.budgets import Budget, Subject, alerts, budgets_of, in_the_way, partner_of
from contexts.billing.errors import BUDGET_EXCEEDED, CREDIT_EXCEEDED, NO_RATE, PERIOD_CLOSED
from contexts.billing.facts import AuthorizationFacts
from contexts.billing.ledger import EMPTY, GRACE, Ledger
from contexts.billing.month_to_date import standing
from contexts.billing.wallet import Wallet, after, expiries
from contexts.kernel import Context
from schemas.base import Event
from schemas.billing.commands import AuthorizeCall
from schemas.billing.events import CallAuthorized, CallRefused
from schemas.billing.partner_budgets import BudgetReserved
from schemas.billing.types import Pricing, Reserve
from schemas.billing.wallets import CreditReserved
from schemas.tenancy.types import TENANT_SUSPENDED


def authorize(state: Ledger | None, command: AuthorizeCall, ctx: Context) -> Sequence[Event]:
    ledger = state or EMPTY
    facts: AuthorizationFacts = ctx.facts
    if command.call.key in ledger.holds:
        return []
    if ledger.closed:
        return [refused(command, PERIOD_CLOSED, f"the month {command.call.period} is closed")]
    if facts.suspended:
        return [refused(command, TENANT_SUSPENDED, "the tenant is suspended")]
    if facts.pricing is None:
        return [refused(command, NO_RATE, f"no rate or no terms are in force for {command.model!r}")]
    pricing = standing(facts.pricing, ledger.usage_so_far)
    hold = rating.hold(command.max_input_tokens, command.max_output_tokens, pricing)
    if not facts.limits.none:
        for budget in budgets_of(ledger, facts.limits, command.source, command.call.period):
            if not budget.fits(hold):
                return over_budget(ledger, command, ctx, budget, hold)
    return held(ledger, command, ctx, pricing, hold)


def held(
    ledger: Ledger, command: AuthorizeCall, ctx: Context, pricing: Pricing, hold: Decimal
) -> Sequence[Event]:
    facts: AuthorizationFacts = ctx.facts
    if facts.wallet is None and facts.limits.partner is None:
        return [authorized(command, ctx, pricing, hold)]
    entry, reserved = command.call.key, list[Reserve]()
    shared: list[Event] = []
    if facts.wallet and facts.wallet.mode == "prepaid":
        expired = expiries(facts.wallet, command.tenant_id, ctx.now)
        left = after(facts.wallet, expired)
        if hold > left.available:
            return [*expired, no_credit(ledger, command, left, hold)]
        shared += [*expired, CreditReserved(tenant_id=command.tenant_id, entry=entry, amount=hold)]
        reserved.append("credit")
    if partner_of(facts.limits) and ctx.partner_id:
        who = {"partner_id": ctx.partner_id, "tenant_id": command.tenant_id}
        shared.append(BudgetReserved(**who, period=command.call.period, entry=entry, amount=hold))
        reserved.append("partner")
    return [authorized(command, ctx, pricing, hold, tuple(reserved)), *shared]


def authorized(
    command: AuthorizeCall, ctx: Context, pricing: Pricing, hold: Decimal, reserved: tuple[Reserve, ...] = ()
) -> CallAuthorized:
    return CallAuthorized(
        tenant_id=command.tenant_id,
        call=command.call,
        model=command.model,
        hold=hold,
        pricing=pricing,
        request_ref=command.request_ref,
        expires_at=ctx.now + timedelta(seconds=command.timeout_seconds) + GRACE,
        source=command.source,
        reserved=reserved,
    )


def refused(command: AuthorizeCall, code: str, detail: str) -> CallRefused:
    return CallRefused(tenant_id=command.tenant_id, call=command.call, code=code, detail=detail)


def over_budget(
    ledger: Ledger, command: AuthorizeCall, ctx: Context, budget: Budget, hold: Decimal
) -> Sequence[Event]:
    source = command.source if budget.level == "source" else None
    refusal = CallRefused(
        tenant_id=command.tenant_id,
        call=command.call,
        code=BUDGET_EXCEEDED,
        detail=told(budget, hold),
        **({} if budget.level == "partner" else arithmetic(budget)),
        hold=hold,
        level=budget.level,
        in_the_way=in_the_way(ledger, source),
    )
    subject = Subject(command.tenant_id, ctx.partner_id, command.source, command.call.period)
    return [refusal, *alerts([budget], subject, full=True)]


def arithmetic(budget: Budget) -> dict[str, Decimal]:
    """Of a tenant's own budget. The partner's figures stand in the alert on the partner's stream."""
    return {"budget": budget.limit, "posted": budget.posted, "held": budget.held}


def told(budget: Budget, hold: Decimal) -> str:
    """The run's error: what other tenants of its partner spend is not its business."""
    if budget.level == "partner":
        return f"this call {hold} does not fit what is left of the budget of all the partner's tenants"
    return f"posted {budget.posted} + held {budget.held} + this call {hold} > budget {budget.limit}"


def no_credit(ledger: Ledger, command: AuthorizeCall, wallet: Wallet, hold: Decimal) -> CallRefused:
    return CallRefused(
        tenant_id=command.tenant_id,
        call=command.call,
        code=CREDIT_EXCEEDED,
        detail=f"held {wallet.held} + this call {hold} > credit {wallet.balance}",
        budget=wallet.balance,
        held=wallet.held,
        hold=hold,
        level="credit",
        in_the_way=in_the_way(ledger),
    )
