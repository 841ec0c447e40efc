"""For what ends calls and corrects entries: the budgets, wallets and months that share in it.

Only what the call was held on is read: most tenants have neither credit nor a partner with a budget.
"""

from collections.abc import Iterable

from bus.facts.reading import Facts, Read, partner_rates
from contexts.billing.facts import Limits, PostingFacts
from contexts.billing.ledger import EMPTY, Hold, Ledger
from contexts.billing.months import after, start_of
from contexts.billing.partner_budget import PartnerBudget
from contexts.billing.rate_card import RateCard, terms_in_force
from contexts.tenancy.tenant import Tenant
from schemas.base import Command, TenantId
from schemas.billing.commands import ReleaseCall, ResolveHold, SettleCall
from schemas.billing.corrections import ClosePeriod, PostAdjustment, ReverseEntry
from schemas.envelope import Envelope
from schemas.execution.types import SourceRef

CallEnd = SettleCall | ReleaseCall | ResolveHold
Correction = ReverseEntry | PostAdjustment


def of_settlement(command: SettleCall, state: Ledger | None, envelope: Envelope) -> Iterable[str]:
    yield f"tenant-{command.tenant_id}"
    yield from of_end(command, state, envelope)
    if state and state.closed and command.call.key in state.lost:
        yield from of_correction(command.tenant_id, envelope)
        yield from of_months(command.tenant_id, command.call.period)


def of_end(command: CallEnd, state: Ledger | None, envelope: Envelope) -> Iterable[str]:
    hold = hold_of(command, state) if state and state.shared else None
    if hold and "credit" in hold.reserved:
        yield f"wallet-{command.tenant_id}"
    if hold and "partner" in hold.reserved:
        yield partner_budget(envelope)


def settlement(command: SettleCall, state: Ledger | None, envelope: Envelope, read: Read) -> PostingFacts:
    tenant: Tenant | None = read(f"tenant-{command.tenant_id}")
    if state and not (state.shared or state.closed) and not (tenant and tenant.source_budgets):
        return PostingFacts(limits_of(tenant, None, None))
    hold = hold_of(command, state)
    limits = limits_of(tenant, hold.source if hold else None, read(partner_budget(envelope)))
    wallet = read(f"wallet-{command.tenant_id}")
    return PostingFacts(limits, wallet, months(command.tenant_id, command.call.period, state, read))


def end(
    command: ReleaseCall | ResolveHold, state: Ledger | None, envelope: Envelope, read: Read
) -> PostingFacts:
    return PostingFacts(wallet=read(f"wallet-{command.tenant_id}"))


def of_reversal(command: ReverseEntry, state: Ledger | None, envelope: Envelope) -> Iterable[str]:
    yield from of_correction(command.tenant_id, envelope)
    if state and state.closed:
        yield from of_months(command.tenant_id, command.period)


def reversal(command: ReverseEntry, state: Ledger | None, envelope: Envelope, read: Read) -> PostingFacts:
    entry = read.event(command.stream_id, command.version)
    limits = Limits(partner=read(partner_budget(envelope)))
    wallet = read(f"wallet-{command.tenant_id}")
    return PostingFacts(limits, wallet, months(command.tenant_id, command.period, state, read), entry)


def of_adjustment(command: PostAdjustment, state: object, envelope: Envelope) -> Iterable[str]:
    return of_correction(command.tenant_id, envelope)


def adjustment(command: PostAdjustment, state: object, envelope: Envelope, read: Read) -> PostingFacts:
    limits = Limits(partner=read(partner_budget(envelope)))
    return PostingFacts(limits, read(f"wallet-{command.tenant_id}"))


def of_closing(command: ClosePeriod, state: Ledger | None, envelope: Envelope) -> Iterable[str]:
    yield partner_rates(envelope)
    yield from of_correction(command.tenant_id, envelope)


def closing(command: ClosePeriod, state: Ledger | None, envelope: Envelope, read: Read) -> PostingFacts:
    """A minimum holds for months that its terms were in force in from the first moment."""
    card: RateCard | None = read(partner_rates(envelope))
    terms = terms_in_force(card, command.tenant_id, None, start_of(command.period))
    limits = Limits(partner=read(partner_budget(envelope)))
    return PostingFacts(limits, read(f"wallet-{command.tenant_id}"), terms=terms)


def of_correction(tenant_id: TenantId, envelope: Envelope) -> Iterable[str]:
    return f"wallet-{tenant_id}", partner_budget(envelope)


def of_months(tenant_id: TenantId, period: str) -> Iterable[str]:
    return (f"ledger-{tenant_id}-{month}" for month in after(period))


def months(tenant_id: TenantId, period: str, state: Ledger | None, read: Read) -> dict[str, Ledger]:
    """Those a late entry may be posted in, once its own is closed."""
    if not state or not state.closed:
        return {}
    return {month: read(f"ledger-{tenant_id}-{month}") or EMPTY for month in after(period)}


def hold_of(command: CallEnd, state: Ledger | None) -> Hold | None:
    return state.holds.get(command.call.key) if state else None


def limits_of(tenant: Tenant | None, source: SourceRef | None, partner: PartnerBudget | None) -> Limits:
    if tenant is None:
        return Limits(partner=partner)
    of_source = tenant.source_budgets.get(source.id) if source else None
    return Limits(tenant.monthly_budget, of_source, partner)


def partner_budget(envelope: Envelope) -> str:
    return f"partner_budget-{envelope.partner_id}"


FACTS: dict[type[Command], Facts] = {
    SettleCall: Facts(of_settlement, settlement),
    ReleaseCall: Facts(of_end, end),
    ResolveHold: Facts(of_end, end),
    ReverseEntry: Facts(of_reversal, reversal),
    PostAdjustment: Facts(of_adjustment, adjustment),
    ClosePeriod: Facts(of_closing, closing),
}
