"""What a trigger does when its time comes: at most one run per occurrence, for ever."""

from datetime import UTC, datetime
from typing import Any

from contexts.authoring.catching_up import Skipped, passed
from contexts.authoring.errors import TriggerNotListening
from contexts.authoring.facts import DeliveryFacts, FiringFacts
from contexts.authoring.trigger import Trigger, disable, evolve, found, planned
from contexts.authoring.trigger_inputs import Unfilled, filled, offered
from contexts.kernel import Context
from schemas.authoring.commands import DisableTrigger, FireTrigger, RefuseDelivery, ReplayDelivery
from schemas.authoring.events import DeliveryRefused, TicksSkipped, TriggerFired, TriggerMisfired
from schemas.authoring.triggers import CronTrigger, run_of
from schemas.base import Event
from schemas.envelope import Problem

MAX_DEPTH = 10
"""Triggers that wait for runs may lead to each other so often."""


def fire(state: Trigger | None, command: FireTrigger, ctx: Context) -> list[Event]:
    """Once the tenant is closed it does nothing any more, and plans nothing."""
    trigger = found(state, command.trigger_id)
    facts: FiringFacts = ctx.facts or FiringFacts(0)
    if facts.closed:
        return [*disable(trigger, DisableTrigger(trigger_id=trigger.trigger_id), ctx)]
    if command.kind == "cron":
        return tick(trigger, command, ctx)
    if not trigger.enabled or trigger.definition.type != command.kind:
        raise TriggerNotListening("the trigger is disabled, or waits for something else")
    return [occur(trigger, command.occurrence, command.payload, command.at, facts.depth)]


def replay(state: Trigger | None, command: ReplayDelivery, ctx: Context) -> list[Event]:
    """Disabled triggers too: a person wants it now."""
    trigger = found(state, command.trigger_id)
    return [occur(trigger, command.replayed, command.payload, command.at, 0)]


def refuse(state: Trigger | None, command: RefuseDelivery, ctx: Context) -> list[DeliveryRefused]:
    facts: DeliveryFacts = ctx.facts
    trigger = found(state, command.trigger_id)
    if facts.has_run:
        return []
    refused = DeliveryRefused(
        trigger_id=trigger.trigger_id, occurrence=command.occurrence, problem=command.problem
    )
    return [refused]


def tick(trigger: Trigger, command: FireTrigger, ctx: Context) -> list[Event]:
    """Only the tick that is planned counts; a timer of one that was planned before finds nothing to do."""
    if not isinstance(trigger.definition, CronTrigger) or trigger.planned != command.at:
        return []
    ticks = passed(trigger.definition, command.at, ctx.now)
    events = [*skipped(trigger, ticks.skipped), *(tick_at(trigger, at) for at in ticks.fired)]
    for event in events:
        trigger = evolve(trigger, event)
    return [*events, *planned(trigger, ctx.now)]


def tick_at(trigger: Trigger, at: datetime) -> TriggerFired | TriggerMisfired:
    return occur(trigger, name_of(at), None, at, 0)


def name_of(tick: datetime) -> str:
    return tick.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def skipped(trigger: Trigger, ticks: Skipped | None) -> list[TicksSkipped]:
    if ticks is None:
        return []
    return [
        TicksSkipped(trigger_id=trigger.trigger_id, first=ticks.first, last=ticks.last, count=ticks.count)
    ]


def occur(
    trigger: Trigger, occurrence: str, payload: Any, at: datetime, depth: int
) -> TriggerFired | TriggerMisfired:
    if depth > MAX_DEPTH:
        message = f"{MAX_DEPTH} triggers led to each other already"
        problem = Problem(code="authoring.trigger_chain_too_long", message=message)
        return misfired(trigger, occurrence, payload, at, problem)
    try:
        inputs = filled(trigger.definition.inputs, offered(payload, at))
    except Unfilled as error:
        return misfired(trigger, occurrence, payload, at, error.problem)
    return TriggerFired(
        trigger_id=trigger.trigger_id,
        kind=trigger.definition.type,
        occurrence=occurrence,
        at=at,
        execution_id=run_of(trigger.trigger_id, occurrence),
        workflow_id=trigger.workflow_id,
        version=trigger.version,
        inputs=inputs,
        payload=payload,
        depth=depth,
    )


def misfired(
    trigger: Trigger, occurrence: str, payload: Any, at: datetime, problem: Problem
) -> TriggerMisfired:
    return TriggerMisfired(
        trigger_id=trigger.trigger_id,
        kind=trigger.definition.type,
        occurrence=occurrence,
        at=at,
        execution_id=run_of(trigger.trigger_id, occurrence),
        payload=payload,
        problem=problem,
    )
