"""Runs and steps as they are read."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID


@dataclass(frozen=True, slots=True)
class ExecutionSummary:
    id: UUID
    tenant_id: UUID
    partner_id: UUID | None
    source_kind: str
    source_id: UUID
    source_version: int
    source_name: str
    status: str
    pause_reason: str | None
    priority: int
    parent_execution_id: UUID | None
    parent_node: str | None
    root_id: UUID
    fork_of: UUID | None
    trigger_id: UUID | None
    queue_reason: dict[str, Any] | None
    error_code: str | None
    created_at: datetime
    updated_at: datetime
    queued_at: datetime | None
    started_at: datetime | None
    finished_at: datetime | None
    deadline: datetime


@dataclass(frozen=True, slots=True)
class Execution(ExecutionSummary):
    source_hash: str
    max_cost: Decimal | None
    fork_from: str | None
    error_message: str | None
    error_node: str | None
    ended_by: str | None
    inputs: dict[str, Any]
    output: Any
    position: int


@dataclass(frozen=True, slots=True)
class Step:
    """The latest attempt. `created_at` is when the step began, `kind` None that it only computed."""

    node: str
    kind: str | None
    attempt: int
    status: str
    model: str | None
    due_at: datetime | None
    created_at: datetime
    finished_at: datetime | None
    reused_from: UUID | None
    error: dict[str, Any] | None
    output: Any


@dataclass(frozen=True, slots=True)
class Attempt:
    """`version` is of the event in the run's stream that says what was to be done."""

    node: str
    attempt: int
    version: int
    status: str
    model: str | None
    began_at: datetime
    ended_at: datetime | None
    due_at: datetime | None
    usage: dict[str, Any] | None
    latency_ms: int | None
    finish_reason: str | None
    price: Decimal | None
    error: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class StepPair:
    """A step path in two runs. `outputs`: equal, different, only_this, only_other."""

    node: str
    outputs: str
    status: str | None
    other_status: str | None
    reused_from: UUID | None
    other_reused_from: UUID | None


@dataclass(frozen=True, slots=True)
class Count:
    count: int


@dataclass(frozen=True, slots=True)
class Id:
    id: UUID
