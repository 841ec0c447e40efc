"""Entries never change: a wrong one is reversed, once, and what is missing is posted as an adjustment."""

from collections.abc import Sequence
from decimal import Decimal

from contexts.billing.errors import (
    CreditMissing,
    EntryNotFound,
    NoPartner,
    NothingToPost,
    NotReversible,
    PeriodIsClosed,
    PeriodNotBegun,
    ProviderMissing,
)
from contexts.billing.facts import PostingFacts
from contexts.billing.ledger import EMPTY, Ledger
from contexts.billing.months import month_of, open_month
from contexts.billing.postings import inverse, of_wallet, postings
from contexts.billing.rating import Charge
from contexts.billing.sharing import counted, credited, take_credit
from contexts.billing.wallet import EMPTY as NO_CREDIT
from contexts.billing.wallet import WalletEvent, after
from contexts.kernel import Context
from schemas.base import Event, PartnerId
from schemas.billing.corrections import AdjustmentPosted, EntryReversed, PostAdjustment, ReverseEntry
from schemas.billing.events import CallSettled
from schemas.billing.types import Posting
from schemas.billing.wallets import CreditReturned

Reversible = CallSettled | AdjustmentPosted


def reverse(state: Ledger | None, command: ReverseEntry, ctx: Context) -> Sequence[Event]:
    """Once per entry for ever: EntryReversed claims the entry."""
    facts: PostingFacts = ctx.facts
    entry = reversible(facts.entry, command)
    period, ledger = command.period, state or EMPTY
    if ledger.closed:
        period, ledger = open_month(facts.months, ctx.now)
    if command.reversal_id in ledger.adjusted:
        return []
    name = name_of(entry)
    back = inverse(entry.postings)
    event = EntryReversed(
        reversal_id=command.reversal_id,
        tenant_id=command.tenant_id,
        partner_id=entry.partner_id,
        period=period,
        about_period=command.period,
        entry=name,
        ref=f"{command.stream_id}@{command.version}",
        reason=command.reason,
        cost=entry.cost.copy_negate(),
        price=entry.price.copy_negate(),
        commission=entry.commission.copy_negate(),
        postings=back,
        call=entry.call,
        model=entry.model,
        source=entry.source,
    )
    on_budget = counted(facts, command.tenant_id, entry.partner_id, period, name, event.price)
    return [event, *on_wallet(facts, command, name, back, ctx), *on_budget]


def reversible(entry: object, command: ReverseEntry) -> Reversible:
    if entry is None:
        raise EntryNotFound(f"{command.stream_id}@{command.version} is no entry")
    if not isinstance(entry, CallSettled | AdjustmentPosted):
        raise NotReversible("only settled calls and adjustments are reversed")
    return entry


def name_of(entry: Reversible) -> str:
    return entry.call.key if isinstance(entry, CallSettled) else str(entry.adjustment_id)


def on_wallet(
    facts: PostingFacts, command: ReverseEntry, entry: str, back: tuple[Posting, ...], ctx: Context
) -> list[WalletEvent]:
    """Credit that was used is given back; credit that was given is taken, which must still be there."""
    amount = of_wallet(command.tenant_id, back)
    if amount < 0:
        return [CreditReturned(tenant_id=command.tenant_id, entry=entry, amount=-amount)]
    wallet, nothing = facts.wallet or NO_CREDIT, Decimal(0)
    taken, events = take_credit(wallet, command.tenant_id, entry, amount, nothing, ctx.now)
    if taken < amount:
        raise CreditMissing(f"of {amount} only {after(wallet, events).available + taken} are there still")
    return events


def adjust(state: Ledger | None, command: PostAdjustment, ctx: Context) -> Sequence[Event]:
    ledger, facts = state or EMPTY, ctx.facts or PostingFacts()
    if command.adjustment_id in ledger.adjusted:
        return []
    partner_id = checked(ledger, command, ctx)
    charge = Charge(command.cost, command.price, command.commission)
    entry = str(command.adjustment_id)
    credit, events = credited(facts, command.tenant_id, entry, charge.price, ctx.now)
    posted = AdjustmentPosted(
        adjustment_id=command.adjustment_id,
        tenant_id=command.tenant_id,
        partner_id=partner_id,
        period=command.period,
        kind=command.kind,
        about_period=command.about_period or command.period,
        reason=command.reason,
        cost=charge.cost,
        price=charge.price,
        commission=charge.commission,
        postings=postings(command.provider or "", command.tenant_id, partner_id, charge, credit),
    )
    on_budget = counted(facts, command.tenant_id, partner_id, command.period, entry, charge.price)
    return [posted, *events, *on_budget]


def checked(ledger: Ledger, command: PostAdjustment, ctx: Context) -> PartnerId:
    if ledger.closed:
        raise PeriodIsClosed(f"{command.period} is closed: post it in an open month, about that one")
    if max(command.period, command.about_period or "") > month_of(ctx.now):
        raise PeriodNotBegun("nothing is posted in, or about, a month to come")
    if not (command.cost or command.price or command.commission):
        raise NothingToPost("all amounts are zero")
    if command.cost and not command.provider:
        raise ProviderMissing("say whose cost it is")
    if ctx.partner_id is None:
        raise NoPartner("an adjustment needs to know whose partner's tenant it is about")
    return ctx.partner_id
