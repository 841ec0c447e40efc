"""The harness for stories of runs: releases are published as they are."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, TypeVar
from uuid import UUID, uuid5

from contexts.hashes import content_hash
from infra.eventstore.types import Batch, Row
from schemas.authoring.agents import AgentDefinition
from schemas.authoring.definition import Release, Source, WorkflowDefinition
from schemas.authoring.events import WorkflowCreated, WorkflowPublished
from schemas.authoring.tools import BuiltinTool, ToolDefinition
from schemas.base import Event, TenantId
from schemas.execution import events as e
from schemas.execution.commands import StartExecution
from tests.support.builders import NOW, PARTNER_ID, TENANT_ID, WORKFLOW_ID
from tests.support.harness import Harness
from tests.support.story import RUN, accept, given_tenant, start, tenant_admin

E = TypeVar("E", bound=Event)
ECHO = BuiltinTool(type="builtin", name="echo")
TOOLS: dict[str, ToolDefinition] = {"lookup": ECHO, "guarded": ECHO}


class Engine(Harness):
    def __init__(self, seed: int | None = None) -> None:
        super().__init__(seed)
        given_tenant(self, monthly_budget=None)

    def publish(
        self, id_: UUID, definition: WorkflowDefinition, tenant_id: TenantId = TENANT_ID, **more: Any
    ) -> Source:
        """As the authoring context would, but for its checks. `more`: of the release."""
        release = Release(definition=definition, **{"tools": TOOLS, **more})
        hash_ = content_hash(release)
        created = WorkflowCreated(workflow_id=id_, name="Story", definition=definition)
        published = WorkflowPublished(workflow_id=id_, number=1, hash=hash_, release=release)
        rows = [
            row(f"workflow-{id_}", n, event, tenant_id) for n, event in enumerate((created, published), 1)
        ]
        self.store.commit(Batch(NOW, rows=rows))
        return Source(kind="workflow", id=id_, version=1, hash=hash_, name="Story")

    def begin(
        self,
        definition: WorkflowDefinition,
        children: Mapping[UUID, WorkflowDefinition] | None = None,
        agents: Mapping[str, AgentDefinition] | None = None,
        tools: Mapping[str, ToolDefinition] = TOOLS,
        **start_with: Any,
    ) -> None:
        """A run of this definition, as far as it goes by itself."""
        sources = {str(id_): self.publish(id_, child) for id_, child in (children or {}).items()}
        self.publish(WORKFLOW_ID, definition, workflows=sources, agents=dict(agents or {}), tools=tools)
        accept(self.submit(self.starting(**start_with), as_=tenant_admin()))
        self.run()

    def starting(self, **changes: Any) -> StartExecution:
        return start(**changes)

    def end(self, stream: str = RUN) -> Event:
        return self.events(stream)[-1]

    def output(self) -> Any:
        end = self.end()
        assert isinstance(end, e.ExecutionSucceeded), end
        return end.output

    def failure(self, stream: str = RUN) -> str:
        end = self.end(stream)
        assert isinstance(end, e.ExecutionFailed), end
        return end.error.code

    def all(self, kind: type[E], stream: str = RUN) -> list[E]:
        return [event for event in self.events(stream) if isinstance(event, kind)]

    @property
    def held(self) -> Decimal:
        return sum((self.state(stream).held for stream in self.streams("ledger")), Decimal(0))


def row(stream: str, version: int, event: Event, tenant_id: TenantId = TENANT_ID) -> Row:
    return Row(
        stream=stream,
        version=version,
        type=event.type_name,
        type_version=event.type_version,
        data=event.model_dump_json().encode(),
        tenant_id=tenant_id,
        partner_id=PARTNER_ID,
        actor="user:owner",
        message_id=uuid5(UUID(int=10), f"{stream}@{version}"),
        correlation_id=UUID(int=11),
        traceparent=None,
        recorded_at=NOW,
    )
