from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal
from uuid import UUID

from contexts.execution.state import Execution
from schemas.authoring.definition import Release, Source
from schemas.execution.types import QueueReason
from schemas.tenancy.types import TenantStatus

Followed = Literal["succeeded", "failed", "any"]

MostOf = Callable[[str, int, int], Decimal]
"""The most a call can cost by the rates of now: of its model, input tokens and output tokens at most."""


def free(model: str, input_tokens: int, output_tokens: int) -> Decimal:
    return Decimal(0)


@dataclass(frozen=True, slots=True)
class StartFacts:
    """For StartExecution and ForkExecution.

    `found` without `source`: it exists, but not that version, or none is published. `admission`: why the
    run has to wait; None: it may begin. `original`: the run that is forked.
    """

    tenant_status: TenantStatus | None
    found: bool
    source: Source | None
    release: Release | None
    deprecated: bool = False
    admission: QueueReason | None = None
    original: Execution | None = None
    followers: Mapping[UUID, Followed] = field(default_factory=dict)
    most_of: MostOf = free


@dataclass(frozen=True, slots=True)
class RunFacts:
    """For every later command: what the run is pinned to, and what is outside of it now.

    `followers`: triggers waiting for runs of this workflow to end. `price`: of the call reported.
    `original`: of a fork that begins, the run that it goes on from.
    """

    release: Release
    tenant_status: TenantStatus | None = "active"
    followers: Mapping[UUID, Followed] = field(default_factory=dict)
    price: Decimal | None = None
    original: Execution | None = None
    most_of: MostOf = free
