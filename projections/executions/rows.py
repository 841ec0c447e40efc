"""Runs and steps as they are read."""

from dataclasses import dataclass
from datetime import datetime
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
    error_code: str | None
    created_at: datetime
    updated_at: datetime
    finished_at: datetime | None
    deadline: datetime


@dataclass(frozen=True, slots=True)
class Execution(ExecutionSummary):
    source_hash: str
    error_message: str | None
    error_node: str | None
    inputs: dict[str, Any]
    output: Any
    position: int


@dataclass(frozen=True, slots=True)
class Step:
    node: str
    kind: str | None
    attempt: int
    status: str
    model: str | None
    usage: dict[str, Any] | None
    latency_ms: int | None
    finish_reason: str | None
    retry_at: datetime | None
    created_at: datetime
    finished_at: datetime | None
    error: dict[str, Any] | None
    output: Any
