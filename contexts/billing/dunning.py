"""What a tenant's unpaid invoices lead to: each has its own clock, the strictest decides for the tenant.

A step is taken once, at its time or later; the next one counts from then, so being late is never stricter.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import reduce
from uuid import UUID

from contexts.billing.dunning_schedule import level_after, next_due
from contexts.billing.payment_facts import DunningFacts
from contexts.billing.payment_refusals import ExemptionInThePast, NotExempt
from contexts.kernel import Aggregate, Context
from schemas.base import Event, TenantId
from schemas.billing import dunning as d
from schemas.billing.dunning import DunningStep, Level

DunningEvent = (
    d.DunningBegun
    | d.DunningStepTaken
    | d.DunningStepMoved
    | d.DunningRetried
    | d.DunningSettled
    | d.DunningLevelChanged
    | d.DunningExempted
    | d.DunningExemptionEnded
)
LEVELS: tuple[Level, ...] = ("none", "past_due", "restricted", "suspended")


@dataclass(frozen=True)
class Case:
    """One unpaid invoice. `taken` steps are behind it; `due_at` is None when none is left."""

    steps: tuple[DunningStep, ...]
    taken: int
    due_at: datetime | None


@dataclass(frozen=True)
class Dunning:
    """`level` is the last one told."""

    cases: Mapping[UUID, Case] = field(default_factory=dict)
    level: Level = "none"
    exempt_until: datetime | None = None


EMPTY = Dunning()


def begin(state: Dunning | None, command: d.BeginDunning, ctx: Context) -> list[Event]:
    """For an invoice that is unpaid still: that it was paid may have been heard before that it was not."""
    facts: DunningFacts = ctx.facts
    dunning, due_at = state or EMPTY, next_due(facts.steps, 0, ctx.now)
    if command.invoice_id in dunning.cases or not facts.unpaid or due_at is None:
        return []
    begun = d.DunningBegun(**dict(command), steps=facts.steps, due_at=due_at)
    return with_level(dunning, command.tenant_id, [begun])


def take_step(state: Dunning | None, command: d.TakeDunningStep, ctx: Context) -> list[Event]:
    dunning = state or EMPTY
    case = dunning.cases.get(command.invoice_id)
    if case is None or case.taken != command.step or case.due_at is None or ctx.now < case.due_at:
        return []
    if dunning.exempt_until and ctx.now < dunning.exempt_until:
        return [d.DunningStepMoved(**dict(command), due_at=dunning.exempt_until)]
    action, due_at = case.steps[case.taken].action, next_due(case.steps, case.taken + 1, ctx.now)
    return with_level(
        dunning, command.tenant_id, [d.DunningStepTaken(**dict(command), action=action, due_at=due_at)]
    )


def retry_unpaid(state: Dunning | None, command: d.RetryUnpaid, ctx: Context) -> list[d.DunningRetried]:
    return [
        d.DunningRetried(tenant_id=command.tenant_id, invoice_id=invoice_id)
        for invoice_id in (state or EMPTY).cases
    ]


def settle(state: Dunning | None, command: d.SettleDunning, ctx: Context) -> list[Event]:
    """The tenant is at once what its other invoices make of it."""
    dunning = state or EMPTY
    if command.invoice_id not in dunning.cases:
        return []
    return with_level(dunning, command.tenant_id, [d.DunningSettled(**dict(command))])


def exempt(state: Dunning | None, command: d.ExemptFromDunning, ctx: Context) -> list[Event]:
    if command.until <= ctx.now:
        raise ExemptionInThePast(f"{command.until.isoformat()} has passed")
    if (state or EMPTY).exempt_until == command.until:
        return []
    return with_level(state or EMPTY, command.tenant_id, [d.DunningExempted(**dict(command))])


def end_exemption(state: Dunning | None, command: d.EndDunningExemption, ctx: Context) -> list[Event]:
    """What came due meanwhile, and was put off, is due now."""
    dunning = state or EMPTY
    if command.until and (command.until != dunning.exempt_until or ctx.now < command.until):
        return []
    if dunning.exempt_until is None:
        raise NotExempt("the tenant is not exempt from dunning")
    ended = d.DunningExemptionEnded(tenant_id=command.tenant_id, reason=command.reason)
    put_off = [(id_, case) for id_, case in dunning.cases.items() if case.due_at == dunning.exempt_until]
    moved = [
        d.DunningStepMoved(tenant_id=command.tenant_id, invoice_id=id_, step=case.taken, due_at=ctx.now)
        for id_, case in put_off
    ]
    return with_level(dunning, command.tenant_id, [ended, *moved])


def with_level(before: Dunning, tenant_id: TenantId, events: Sequence[DunningEvent]) -> list[Event]:
    """The events, and the new level if they lead to one."""
    level = level_of(reduce(evolve, events, before))
    if level == before.level:
        return list(events)
    return [*events, d.DunningLevelChanged(tenant_id=tenant_id, level=level)]


def level_of(dunning: Dunning) -> Level:
    if dunning.exempt_until:
        return "none"
    levels = (level_after(case.steps, case.taken) for case in dunning.cases.values())
    return max(levels, key=LEVELS.index, default="none")


def evolve(state: Dunning | None, event: DunningEvent) -> Dunning:
    dunning = state or EMPTY
    match event:
        case d.DunningRetried():
            return dunning
        case d.DunningLevelChanged():
            return replace(dunning, level=event.level)
        case d.DunningExempted():
            return replace(dunning, exempt_until=event.until)
        case d.DunningExemptionEnded():
            return replace(dunning, exempt_until=None)
        case d.DunningSettled():
            return replace(dunning, cases={i: c for i, c in dunning.cases.items() if i != event.invoice_id})
    return replace(dunning, cases={**dunning.cases, event.invoice_id: case_after(dunning, event)})


def case_after(dunning: Dunning, event: d.DunningBegun | d.DunningStepTaken | d.DunningStepMoved) -> Case:
    if isinstance(event, d.DunningBegun):
        return Case(event.steps, 0, event.due_at)
    case = dunning.cases[event.invoice_id]
    if isinstance(event, d.DunningStepTaken):
        return replace(case, taken=event.step + 1, due_at=event.due_at)
    return replace(case, due_at=event.due_at)


DUNNING = Aggregate("dunning", Dunning, evolve)
