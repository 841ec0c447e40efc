"""What an entry does to the streams it shares: the tenant's prepaid credit and its partner's budget."""

from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from contexts.billing.budgets import Alert, Subject, alerts, budgets_of, partner_of
from contexts.billing.facts import Limits, PostingFacts
from contexts.billing.ledger import Hold, Ledger
from contexts.billing.wallet import EMPTY, Wallet, WalletEvent, after, expiries
from contexts.kernel import Context
from schemas.base import Event, PartnerId, TenantId
from schemas.billing.partner_budgets import BudgetReleased, BudgetSettled
from schemas.billing.wallets import CreditCharged, CreditReleased, CreditReturned
from schemas.execution.types import CallRef

NOTHING = Decimal(0)


def take_credit(
    wallet: Wallet, tenant_id: TenantId, entry: str, price: Decimal, hold: Decimal, now: datetime
) -> tuple[Decimal, list[WalletEvent]]:
    """How much of the price credit covers, at most all there is, and what that does to the wallet."""
    expired: list[WalletEvent] = [*expiries(wallet, tenant_id, now)]
    there = after(wallet, expired)
    credit = min(price, hold + there.available)
    if not credit and not hold:
        return NOTHING, expired
    charged = CreditCharged(tenant_id=tenant_id, entry=entry, hold=hold, amount=credit)
    return credit, [*expired, charged, *expiries(after(there, [charged]), tenant_id, now)]


def credited(
    facts: PostingFacts, tenant_id: TenantId, entry: str, price: Decimal, now: datetime
) -> tuple[Decimal, list[WalletEvent]]:
    """As above for an entry no hold led to: of a tenant who pays in advance."""
    wallet = facts.wallet or EMPTY
    if wallet.mode == "postpaid":
        return NOTHING, []
    if price < 0:
        return price, [CreditReturned(tenant_id=tenant_id, entry=entry, amount=-price)]
    return take_credit(wallet, tenant_id, entry, price, NOTHING, now)


def settled_credit(
    hold: Hold, facts: PostingFacts, tenant_id: TenantId, call: CallRef, price: Decimal, now: datetime
) -> tuple[Decimal, list[WalletEvent]]:
    if "credit" not in hold.reserved:
        return NOTHING, []
    return take_credit(facts.wallet or EMPTY, tenant_id, call.key, price, hold.amount, now)


def settled_budget(
    hold: Hold, tenant_id: TenantId, partner_id: PartnerId, call: CallRef, price: Decimal
) -> list[BudgetSettled]:
    if "partner" not in hold.reserved:
        return []
    who = {"partner_id": partner_id, "tenant_id": tenant_id}
    return [BudgetSettled(**who, period=call.period, entry=call.key, hold=hold.amount, amount=price)]


def counted(
    facts: PostingFacts, tenant_id: TenantId, partner_id: PartnerId, period: str, entry: str, price: Decimal
) -> list[BudgetSettled]:
    """An entry no hold led to counts for the partner's budget of the month it is posted in."""
    if not partner_of(facts.limits) or not price:
        return []
    who = {"partner_id": partner_id, "tenant_id": tenant_id}
    return [BudgetSettled(**who, period=period, entry=entry, hold=NOTHING, amount=price)]


def freed(hold: Hold, facts: PostingFacts, tenant_id: TenantId, call: CallRef, ctx: Context) -> list[Event]:
    """The call ended and costs nothing."""
    events: list[Event] = []
    if "credit" in hold.reserved:
        back = CreditReleased(tenant_id=tenant_id, entry=call.key, hold=hold.amount)
        wallet = after(facts.wallet or EMPTY, [back])
        events += [back, *expiries(wallet, tenant_id, ctx.now)]
    if "partner" in hold.reserved and ctx.partner_id:
        who = {"partner_id": ctx.partner_id, "tenant_id": tenant_id}
        events.append(BudgetReleased(**who, period=call.period, entry=call.key, hold=hold.amount))
    return events


def passed(ledger: Ledger, limits: Limits, subject: Subject, price: Decimal) -> list[Alert]:
    """Thresholds that an entry of this price passes."""
    found = budgets_of(ledger, limits, subject.source, subject.period)
    return alerts([replace(budget, posted=budget.posted + price) for budget in found], subject)
