"""The five kinds of function, as types: decide, evolve, react, perform (and project, in projections/)."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar, Literal

from schemas.access import Permission
from schemas.base import Command, Event, PartnerId, TenantId
from schemas.envelope import Actor, Problem, Recorded, Refusal


@dataclass(frozen=True, slots=True)
class Context:
    """What a decision may know besides its state and its command."""

    now: datetime
    actor: Actor
    tenant_id: TenantId
    partner_id: PartnerId | None
    facts: Any = None


class Rejection(Exception):
    """A command refused. Subclasses fix `code` (stable, `context.rule`) and `kind` (picks the status)."""

    code: ClassVar[str]
    kind: ClassVar[Literal["invalid", "forbidden", "not_found", "conflict", "payment_required", "gone"]]

    def __init__(self, detail: str, problems: Sequence[Problem] = ()) -> None:
        super().__init__(detail)
        self.refusal = Refusal(code=self.code, kind=self.kind, detail=detail, problems=tuple(problems))


@dataclass(frozen=True)
class Aggregate:
    """`evolve(None, first event)` makes the state; `snapshot_every` is set for streams that grow long.

    `ended`: nothing much happens to such a state any more, so it is not kept in memory.
    """

    name: str
    state: type[Any]
    evolve: Callable[[Any, Any], Any]
    snapshot_every: int | None = None
    ended: Callable[[Any], bool] | None = None


@dataclass(frozen=True)
class Handler:
    """Which function decides a command, on which aggregate, for whom.

    `beside`: aggregates that no command is decided on, and this one writes to.
    """

    command: type[Command]
    aggregate: Aggregate
    decide: Callable[[Any, Any, Context], Sequence[Event]]
    permission: Permission
    beside: Sequence[Aggregate] = ()


@dataclass(frozen=True)
class Policy:
    """`react` answers an event with commands; it must give the same ones every time."""

    name: str
    event: type[Event]
    react: Callable[[Any, Recorded], Sequence[Command]]


@dataclass(frozen=True)
class Effect:
    """`perform` does IO through `ports` and returns commands.

    With `lost` set, an event is performed at most once: when a worker died over it,
    `lost` says what to report instead of doing it again. None: this one may be done again.
    """

    name: str
    event: type[Event]
    perform: Callable[[Any, Recorded, Any], Awaitable[Sequence[Command]]]
    lost: Callable[[Any, Recorded], Sequence[Command] | None] | None = None


@dataclass(frozen=True)
class Registry:
    """One page per context: what happens when X."""

    context: str
    handlers: Sequence[Handler]
    policies: Sequence[Policy] = field(default=())
    effects: Sequence[Effect] = field(default=())
