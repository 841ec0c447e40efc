"""What happens when: the wiring, read as stories. Nothing here is written down twice."""

import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bus import reconciler, scheduler, wiring
from bus.reachable import made_by, unwrapped
from contexts.kernel import Handler, Rejection
from projections.registry import PROJECTIONS
from projections.timers.project import ON as TIMERS
from projections.timers.project import PROJECTION as TIMERS_PROJECTION
from schemas.access import PERMISSIONS, Permission
from schemas.authoring.events import TriggerFired
from schemas.base import Command, Event
from schemas.execution.events import ExecutionQueued
from schemas.registry import COMMANDS, EVENTS

ROOT = Path(__file__).parents[1]


@dataclass(frozen=True)
class Place:
    """Where a function stands."""

    module: str
    name: str
    path: str
    line: int

    def __str__(self) -> str:
        return f"{self.module}:{self.name}"


@dataclass(frozen=True)
class CommandStory:
    command: type[Command]
    senders: str
    knows: Place | None
    decide: Place
    events: tuple[type[Event], ...]
    refusals: tuple[str, ...]


@dataclass(frozen=True)
class Reaction:
    """Somebody hears an event and sends commands."""

    kind: str
    name: str
    place: Place
    commands: tuple[type[Command], ...]


@dataclass(frozen=True)
class EventStory:
    event: type[Event]
    causes: tuple[type[Command], ...]
    reactions: tuple[Reaction, ...]
    projections: tuple[str, ...]


def place_of(function: Callable[..., Any]) -> Place:
    plain = unwrapped(function)
    path = Path(inspect.getfile(plain)).relative_to(ROOT).as_posix()
    return Place(plain.__module__, plain.__name__, path, plain.__code__.co_firstlineno)


def command_story(handler: Handler) -> CommandStory:
    facts = wiring.FACTS.get(handler.command)
    return CommandStory(
        command=handler.command,
        senders=senders(handler.permission),
        knows=place_of(facts.build) if facts else None,
        decide=place_of(handler.decide),
        events=made_by(handler.decide, Event),
        refusals=tuple(rejection.code for rejection in made_by(handler.decide, Rejection)),
    )


def senders(permission: Permission) -> str:
    """Who may send it, besides the platform's own policies, effects and timers."""
    if permission is Permission.INTERNAL:
        return "the platform only"
    roles = [role for role, granted in PERMISSIONS.items() if permission in granted]
    return f"{', '.join(roles) or 'no role'} ({permission})"


def event_story(event: type[Event]) -> EventStory:
    return EventStory(
        event=event,
        causes=tuple(story.command for story in STORIES.values() if event in story.events),
        reactions=(*policies(event), *effects(event), *timers(event), *turns(event), *lookouts(event)),
        projections=tuple(p.name for p in PROJECTIONS if event in p.events and p is not TIMERS_PROJECTION),
    )


def policies(event: type[Event]) -> Sequence[Reaction]:
    found = [policy for registry in wiring.REGISTRIES for policy in registry.policies]
    return [reaction("policy", p.name, p.react) for p in found if p.event is event]


def effects(event: type[Event]) -> Sequence[Reaction]:
    """An effect that is done at most once says something else when its outcome was lost."""
    reactions: list[Reaction] = []
    for effect in (effect for registry in wiring.REGISTRIES for effect in registry.effects):
        if effect.event is event:
            reactions.append(reaction("effect", effect.name, effect.perform))
            if effect.lost:
                reactions.append(reaction("effect lost", f"{effect.name}.lost", effect.lost))
    return reactions


def timers(event: type[Event]) -> Sequence[Reaction]:
    """Events that only clear a timer send nothing."""
    handler = TIMERS.get(event)
    found = reaction("timer", "timers", handler) if handler else None
    return [found] if found and found.commands else []


def turns(event: type[Event]) -> Sequence[Reaction]:
    """A queued run is begun when it is its turn."""
    return [reaction("scheduler", "scheduler", scheduler.turn)] if event is ExecutionQueued else []


def lookouts(event: type[Event]) -> Sequence[Reaction]:
    """What no run came of is found by whoever looks for it."""
    return [reaction("reconciler", "reconciler", reconciler.given_up)] if event is TriggerFired else []


def reaction(kind: str, name: str, function: Callable[..., Any]) -> Reaction:
    return Reaction(kind, name, place_of(function), made_by(function, Command))


STORIES = {name: command_story(wiring.HANDLERS[name]) for name in COMMANDS}
EVENT_STORIES = {name: event_story(event) for name, event in EVENTS.items()}
