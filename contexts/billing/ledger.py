"""One tenant's month: what is held for calls, and the sums of what was posted.

The state knows open holds and totals, never old calls: CallAuthorized claims its call key for ever, so what
has ended cannot begin again.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Literal
from uuid import UUID

from contexts.billing.month_to_date import UsageSoFar, counted
from contexts.kernel import Aggregate
from schemas.base import Event
from schemas.billing.corrections import AdjustmentPosted, EntryReversed, PeriodClosed
from schemas.billing.events import (
    CallAuthorized,
    CallReleased,
    CallSettled,
    CallUnknown,
    CallWrittenOff,
)
from schemas.billing.thresholds import BudgetThresholdReached
from schemas.billing.types import InTheWay, Pricing, Reserve
from schemas.execution.types import SourceRef

GRACE = timedelta(minutes=5)
"""How long after its time-out a call may still report, and how long an unknown one may still be settled."""

RECENT = 5
"""Entries a refusal names."""

LOST = 1_000
"""Written-off calls whose usage may still come when the month is closed."""

NOTHING = Decimal(0)
Entry = CallSettled | EntryReversed | AdjustmentPosted


@dataclass(frozen=True, slots=True)
class Hold:
    """`due_at`: when an open hold becomes unknown, when an unknown one is written off."""

    amount: Decimal
    model: str
    pricing: Pricing
    status: Literal["open", "unknown"]
    due_at: datetime
    source: SourceRef | None = None
    reserved: tuple[Reserve, ...] = ()


@dataclass(frozen=True, slots=True)
class Use:
    """What one workflow's or agent's runs were charged, and what is held for them."""

    posted: Decimal = NOTHING
    held: Decimal = NOTHING


@dataclass(frozen=True)
class Ledger:
    """`holds` by call key; `held` is their sum, kept so that a decision need not add them up.

    `posted` is the sum of all prices, `recent` the last entries, `reached` the highest threshold told of by
    budget, `shared` how many holds are reserved elsewhere too, `adjusted` the adjustments and reversals in
    this month, `version` that of the last event.
    """

    holds: Mapping[str, Hold] = field(default_factory=dict)
    posted: Decimal = NOTHING
    held: Decimal = NOTHING
    cost: Decimal = NOTHING
    commission: Decimal = NOTHING
    entries: int = 0
    uses: Mapping[UUID, Use] = field(default_factory=dict)
    recent: tuple[InTheWay, ...] = ()
    lost: Mapping[str, Hold] = field(default_factory=dict)
    reached: Mapping[str, int] = field(default_factory=dict)
    adjusted: frozenset[UUID] = frozenset()
    closed: bool = False
    shared: int = 0
    version: int = 0
    usage_so_far: UsageSoFar = field(default_factory=dict)

    def use(self, source: SourceRef | None) -> Use:
        return self.uses.get(source.id, Use()) if source else Use()


EMPTY = Ledger()


def evolve(state: Ledger | None, event: Event) -> Ledger:
    ledger = state or EMPTY
    version = ledger.version + 1
    match event:
        case CallAuthorized():
            return opened(ledger, event, version)
        case CallUnknown():
            hold = replace(ledger.holds[event.call.key], status="unknown", due_at=event.resolve_at)
            return replace(ledger, holds={**ledger.holds, event.call.key: hold}, version=version)
        case CallSettled():
            key = event.call.key
            so_far = counted(ledger.usage_so_far, event.pricing, event.usage, event.price)
            after = replace(ended(ledger, key, version), usage_so_far=so_far)
            return posted(after, event, key)
        case CallReleased():
            return ended(ledger, event.call.key, version)
        case CallWrittenOff():
            return written_off(ledger, event.call.key, version)
        case EntryReversed():
            return corrected(posted(ledger, event, event.entry), event.reversal_id, version)
        case AdjustmentPosted():
            made = posted(ledger, event, str(event.adjustment_id))
            return corrected(made, event.adjustment_id, version)
        case BudgetThresholdReached():
            reached = {**ledger.reached, budget_name(event.source): event.threshold}
            return replace(ledger, reached=reached, version=version)
        case PeriodClosed():
            return replace(ledger, closed=True, version=version)
    return replace(ledger, version=version)


def opened(ledger: Ledger, event: CallAuthorized, version: int) -> Ledger:
    hold = Hold(
        amount=event.hold,
        model=event.model,
        pricing=event.pricing,
        status="open",
        due_at=event.expires_at,
        source=event.source,
        reserved=event.reserved,
    )
    return replace(
        ledger,
        holds={**ledger.holds, event.call.key: hold},
        held=ledger.held + hold.amount,
        uses=used(ledger, hold.source, held=hold.amount),
        shared=ledger.shared + bool(hold.reserved),
        version=version,
    )


def ended(ledger: Ledger, key: str, version: int) -> Ledger:
    holds = dict(ledger.holds)
    hold = holds.pop(key)
    return replace(
        ledger,
        holds=holds,
        held=ledger.held - hold.amount,
        uses=used(ledger, hold.source, held=-hold.amount),
        shared=ledger.shared - bool(hold.reserved),
        version=version,
    )


def written_off(ledger: Ledger, key: str, version: int) -> Ledger:
    """Its usage may come when the month is closed already: the rates are kept for that."""
    lost = {**ledger.lost, key: ledger.holds[key]}
    newest = dict(list(lost.items())[-LOST:])
    return replace(ended(ledger, key, version), lost=newest, entries=ledger.entries + 1)


def posted(ledger: Ledger, entry: Entry, name: str) -> Ledger:
    one = InTheWay(kind="entry", entry=name, amount=entry.price)
    return replace(
        ledger,
        posted=ledger.posted + entry.price,
        cost=ledger.cost + entry.cost,
        commission=ledger.commission + entry.commission,
        entries=ledger.entries + 1,
        uses=used(ledger, entry.source, posted=entry.price),
        recent=(*ledger.recent, one)[-RECENT:],
    )


def corrected(ledger: Ledger, id_: UUID, version: int) -> Ledger:
    return replace(ledger, adjusted=ledger.adjusted | {id_}, version=version)


def used(
    ledger: Ledger, source: SourceRef | None, posted: Decimal = NOTHING, held: Decimal = NOTHING
) -> Mapping[UUID, Use]:
    if source is None:
        return ledger.uses
    use = ledger.use(source)
    return {**ledger.uses, source.id: Use(use.posted + posted, use.held + held)}


def budget_name(source: SourceRef | None) -> str:
    return str(source.id) if source else "tenant"


LEDGER = Aggregate("ledger", Ledger, evolve, snapshot_every=500)
