"""What starts runs of a workflow by itself: how it is set up. What it then does is in `firing`."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from contexts.authoring import cron
from contexts.authoring.errors import InvalidTrigger, TriggerExists, TriggerNotFound
from contexts.authoring.facts import TriggerFacts
from contexts.authoring.trigger_problems import Wanted, problems
from contexts.kernel import Aggregate, Context
from schemas.authoring import events as e
from schemas.authoring.commands import CreateTrigger, DisableTrigger, EnableTrigger, ReviseTrigger
from schemas.authoring.triggers import CronTrigger, Follow, RunTrigger, TriggerDefinition, WebhookTrigger
from schemas.base import Event


@dataclass(frozen=True)
class Trigger:
    """`planned` is the tick that is waited for; `reached` the newest that was fired or skipped."""

    trigger_id: UUID
    name: str
    workflow_id: UUID
    version: int | None
    hash: str | None
    definition: TriggerDefinition
    enabled: bool
    planned: datetime | None = None
    reached: datetime | None = None


def create(state: Trigger | None, command: CreateTrigger, ctx: Context) -> list[Event]:
    if state is not None:
        raise TriggerExists(f"trigger {command.trigger_id} exists")
    created = e.TriggerCreated(**dict(command), hash=bound_hash(command, ctx))
    return [created, *planned(evolve(None, created), ctx.now)]


def revise(state: Trigger | None, command: ReviseTrigger, ctx: Context) -> list[Event]:
    """A schedule that stays as it is keeps the tick it waits for, missed ones included."""
    before = found(state, command.trigger_id)
    command = command.model_copy(update={"definition": with_secret(command.definition, before.definition)})
    revised = e.TriggerRevised(
        **dict(command), hash=bound_hash(command, ctx), enabled=before.enabled, left=left(before, command)
    )
    after = evolve(before, revised)
    if after == before:
        return []
    if after.planned is not None:
        return [revised, e.TickPlanned(trigger_id=after.trigger_id, at=after.planned)]
    return [revised, *planned(after, ctx.now)]


def enable(state: Trigger | None, command: EnableTrigger, ctx: Context) -> list[Event]:
    trigger = found(state, command.trigger_id)
    if trigger.enabled:
        return []
    enabled = e.TriggerEnabled(trigger_id=trigger.trigger_id, follows=follows(trigger.definition))
    return [enabled, *planned(evolve(trigger, enabled), ctx.now)]


def disable(state: Trigger | None, command: DisableTrigger, ctx: Context) -> list[e.TriggerDisabled]:
    trigger = found(state, command.trigger_id)
    if not trigger.enabled:
        return []
    return [e.TriggerDisabled(trigger_id=trigger.trigger_id, follows=follows(trigger.definition))]


def planned(trigger: Trigger, now: datetime) -> list[e.TickPlanned]:
    """The next tick, if it has one: never one that was decided about already."""
    if not trigger.enabled or not isinstance(trigger.definition, CronTrigger):
        return []
    after = max(now, trigger.reached) if trigger.reached else now
    at = cron.next_tick(trigger.definition, after)
    return [] if at is None else [e.TickPlanned(trigger_id=trigger.trigger_id, at=at)]


def bound_hash(command: Wanted, ctx: Context) -> str | None:
    """Of the version it is bound to; None when it follows the newest. All problems are refused here."""
    facts: TriggerFacts = ctx.facts
    if wrong := problems(command, facts, ctx.now):
        raise InvalidTrigger(f"the trigger has {len(wrong)} problem(s)", wrong)
    return facts.target.hash if facts.target and command.version is not None else None


def with_secret(definition: TriggerDefinition, before: TriggerDefinition) -> TriggerDefinition:
    """A revision need not tell the secret again."""
    if not isinstance(definition, WebhookTrigger) or definition.secret_ciphertext is not None:
        return definition
    kept = before.secret_ciphertext if isinstance(before, WebhookTrigger) else None
    return definition.model_copy(update={"secret_ciphertext": kept})


def follows(definition: TriggerDefinition) -> Follow | None:
    if not isinstance(definition, RunTrigger):
        return None
    return Follow(workflow_id=definition.workflow_id, on=definition.on)


def left(before: Trigger, command: ReviseTrigger) -> UUID | None:
    old, new = follows(before.definition), follows(command.definition)
    if not before.enabled or old is None or (new and new.workflow_id == old.workflow_id):
        return None
    return old.workflow_id


def same_schedule(one: TriggerDefinition, other: TriggerDefinition) -> bool:
    if not isinstance(one, CronTrigger) or not isinstance(other, CronTrigger):
        return False
    return (one.expression, one.timezone) == (other.expression, other.timezone)


def found(state: Trigger | None, trigger_id: UUID) -> Trigger:
    if state is None:
        raise TriggerNotFound(f"there is no trigger {trigger_id}")
    return state


def evolve(state: Trigger | None, event: Event) -> Trigger:
    if isinstance(event, e.TriggerCreated):
        return Trigger(**dict(event))
    assert state is not None
    match event:
        case e.TriggerRevised():
            return revised(state, event)
        case e.TriggerEnabled():
            return replace(state, enabled=True)
        case e.TriggerDisabled():
            return replace(state, enabled=False, planned=None)
        case e.TickPlanned():
            return replace(state, planned=event.at)
        case e.TicksSkipped():
            return replace(state, reached=newest(state.reached, event.last))
        case e.TriggerFired(kind="cron") | e.TriggerMisfired(kind="cron"):
            return replace(state, reached=newest(state.reached, event.at))
    return state


def revised(state: Trigger, event: e.TriggerRevised) -> Trigger:
    keeps = same_schedule(state.definition, event.definition)
    return Trigger(
        **{name: value for name, value in event if name != "left"},
        planned=state.planned if keeps else None,
        reached=state.reached,
    )


def newest(*times: datetime | None) -> datetime | None:
    return max((time for time in times if time), default=None)


TRIGGER = Aggregate("trigger", Trigger, evolve, snapshot_every=200)
