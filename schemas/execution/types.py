from datetime import datetime
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

from pydantic import Field

from schemas.authoring.parts import ModelName, StepErrorClass
from schemas.base import Value

StepPath = str
"""Where a step is in a run: `draft`; inside a map or loop `each[3].draft`; an agent's rounds and its
tools' uses `helper[2]`, `helper[2].search_0`."""


class CallRef(Value):
    """Names one attempt at one provider call for ever. The month of `requested_at` picks the ledger."""

    execution_id: UUID
    node: StepPath
    attempt: int
    requested_at: datetime

    @property
    def key(self) -> str:
        return f"{self.execution_id}:{self.node}:{self.attempt}"

    @property
    def period(self) -> str:
        return f"{self.requested_at.year:04}-{self.requested_at.month:02}"


class SourceRef(Value):
    """What a run is of: its spending counts for the budget of this workflow or agent."""

    kind: Literal["workflow", "agent"]
    id: UUID


class StepError(Value):
    """Why a step's attempt failed. `code` is stable; `lost` means nobody knows whether the work happened.

    `retryable` says it may pass by itself; `error_class` is what a retry policy's `on` is compared with.
    """

    code: str
    message: str
    retryable: bool = False
    retry_after: float | None = None
    lost: bool = False
    error_class: StepErrorClass = "unknown"


class ParentRef(Value):
    """The subworkflow step a run is for. `depth` counts from 1 for a run that a top-level run started."""

    execution_id: UUID
    node: StepPath
    attempt: int
    root_id: UUID
    depth: int


class TriggerRef(Value):
    """What started a run by itself."""

    trigger_id: UUID
    kind: str
    occurrence: str
    """The tick's time, the delivery's id, or the run that ended."""

    depth: int = 0
    """How many triggers that wait for runs led here, one after the other."""


class ForkRef(Value):
    """A run that goes on from another's finished steps. `from_node` and all after it are done anew.

    `models`: other models by node id.
    """

    execution_id: UUID
    from_node: str | None = None
    models: dict[str, ModelName] = Field(default_factory=dict)


class QueueReason(Value):
    """Why a run waits: `limit` runs of that tenant, partner or of the platform are under way."""

    scope: str
    limit: int
    running: int


class HttpRequest(Value):
    """A tool's use, ready to send but for `{{ secrets.NAME }}` in headers and query."""

    method: str
    url: str
    headers: dict[str, str]
    query: dict[str, str]
    body: Any = None


class McpRequest(Value):
    url: str | None
    server: str | None
    tool: str
    headers: dict[str, str]
    arguments: dict[str, Any]


class BuiltinRequest(Value):
    name: str
    arguments: dict[str, Any]


ToolRequest = HttpRequest | McpRequest | BuiltinRequest
Spent = Decimal
"""US dollars of price."""
