"""The rows a batch of events changes: of runs, of their steps, and of the steps' attempts."""

from dataclasses import dataclass, field
from typing import Any, Protocol
from uuid import UUID

from projections.closing import Closings
from projections.fold import Rows
from schemas.envelope import Recorded


class OfStep(Protocol):
    """An event of a step."""

    @property
    def execution_id(self) -> UUID: ...

    @property
    def node(self) -> str: ...


class OfAttempt(OfStep, Protocol):
    @property
    def attempt(self) -> int: ...


@dataclass
class Batch:
    runs: Rows = field(default_factory=Rows)
    steps: Rows = field(default_factory=Rows)
    attempts: Rows = field(default_factory=Rows)
    closings: Closings = field(default_factory=Closings)

    def run(self, recorded: Recorded, id_: UUID, **fields: Any) -> None:
        self.runs.put(id_, recorded, id=id_, events=recorded.version, **fields)

    def step(self, recorded: Recorded, event: OfStep, **fields: Any) -> None:
        """Nothing is due at the step any more, unless `due_at` says so. `node` may name one inside it."""
        self.run(recorded, event.execution_id)
        named = {"execution_id": event.execution_id, "node": event.node, "due_at": None} | fields
        self.steps.put((event.execution_id, named["node"]), recorded, **named)

    def attempt(self, recorded: Recorded, event: OfStep, attempt: int, **fields: Any) -> None:
        key = (event.execution_id, event.node, attempt)
        named = {"execution_id": event.execution_id, "node": event.node, "attempt": attempt, "due_at": None}
        self.attempts.put(key, recorded, **(named | fields))

    def begin(self, recorded: Recorded, event: OfAttempt, status: str, kind: str, **more: Any) -> None:
        """An attempt begins once; `version` is of the event it began with."""
        self.step(recorded, event, attempt=event.attempt, status=status, kind=kind, **more)
        known = self.attempts.rows.get((event.execution_id, event.node, event.attempt), {})
        began = {"began_at": recorded.recorded_at, "version": recorded.version}
        if known.get("began_at") is not None:
            began = {}
        self.attempt(recorded, event, event.attempt, status=status, **began, **more)
