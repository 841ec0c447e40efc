from dataclasses import dataclass

from schemas.authoring.definition import Source, WorkflowDefinition
from schemas.tenancy.types import TenantStatus


@dataclass(frozen=True, slots=True)
class StartFacts:
    """For StartExecution. `found` without `source`: it exists, but not that version, or none is published."""

    tenant_status: TenantStatus | None
    found: bool
    source: Source | None
    definition: WorkflowDefinition | None


@dataclass(frozen=True, slots=True)
class DefinitionFacts:
    """For every later command: the definition the run is pinned to."""

    definition: WorkflowDefinition
