"""Decisions and policies as sentences, from a context's registry.

given(tenant_provisioned()).when(SuspendTenant(...)).refused("tenancy.tenant_not_active")
when(partner_created()).issues(RegisterUser(...))
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import reduce
from typing import Any

from pydantic import TypeAdapter

from bus.reachable import made_by
from contexts.kernel import Aggregate, Context, Handler, Policy, Registry, Rejection
from schemas.base import Command, Event
from schemas.envelope import Actor, Refusal
from schemas.registry import event_from
from tests.support.builders import NOW, PARTNER_ID, SYSTEM, TENANT_ID, recorded

UNTOLD = "docs/flows.md does not tell of this: bus/reachable.py missed it"
CTX = Context(now=NOW, actor=SYSTEM, tenant_id=TENANT_ID, partner_id=PARTNER_ID)


@dataclass(frozen=True)
class Spec:
    registry: Registry

    def given(self, *events: Event) -> "Given":
        return Given(self.registry, events)

    def when(self, event: Event) -> "Reaction":
        return Reaction(self.registry, event)


@dataclass(frozen=True)
class Given:
    registry: Registry
    events: Sequence[Event]
    ctx: Context = CTX

    def at(self, now: datetime) -> "Given":
        return replace(self, ctx=replace(self.ctx, now=now))

    def by(self, actor: Actor) -> "Given":
        return replace(self, ctx=replace(self.ctx, actor=actor))

    def knowing(self, facts: Any) -> "Given":
        return replace(self, ctx=replace(self.ctx, facts=facts))

    def when(self, command: Command) -> "Outcome":
        handler = handler_of(self.registry, command)
        state = folded(handler.aggregate, self.events)
        try:
            events = tuple(handler.decide(state, command, self.ctx))
        except Rejection as rejection:
            assert type(rejection) in made_by(handler.decide, Rejection), UNTOLD
            return Outcome((), rejection.refusal)
        assert {type(event) for event in events} <= set(made_by(handler.decide, Event)), UNTOLD
        return Outcome(events, None)


@dataclass(frozen=True)
class Outcome:
    events: tuple[Event, ...]
    refusal: Refusal | None

    def then(self, *expected: Event) -> None:
        assert self.refusal is None, self.refusal
        assert self.events == expected
        assert tuple(as_stored(event) for event in self.events) == expected

    def nothing(self) -> None:
        self.then()

    def refused(self, code: str, *problems: str) -> None:
        assert self.refusal is not None, f"not refused, but {self.events}"
        assert self.refusal.code == code
        if problems:
            assert [problem.code for problem in self.refusal.problems] == list(problems)


@dataclass(frozen=True)
class Reaction:
    registry: Registry
    event: Event

    def issues(self, *commands: Command) -> None:
        assert [*self.commands()] == list(commands)

    def commands(self) -> list[Command]:
        policies = [p for p in self.registry.policies if isinstance(self.event, p.event)]
        assert policies, f"nobody in {self.registry.context} listens to {self.event.type_name}"
        return [command for policy in policies for command in issued(policy, self.event)]


def issued(policy: Policy, event: Event) -> list[Command]:
    commands = list(policy.react(event, recorded(event)))
    assert {type(command) for command in commands} <= set(made_by(policy.react, Command)), UNTOLD
    return commands


def handler_of(registry: Registry, command: Command) -> Handler:
    return next(handler for handler in registry.handlers if handler.command is type(command))


def folded(aggregate: Aggregate, events: Sequence[Event]) -> Any:
    """The state after these events, read back from a snapshot: decisions must see no difference."""
    state = reduce(aggregate.evolve, events, None)
    if state is None:
        return None
    snapshots = TypeAdapter(aggregate.state)
    restored = snapshots.validate_json(snapshots.dump_json(state))
    assert restored == state
    return restored


def as_stored(event: Event) -> Event:
    """The event after a trip through JSON: what a later fold will see."""
    return event_from(event.type_name, event.type_version, event.model_dump_json().encode())
