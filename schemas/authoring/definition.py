"""A workflow as data: inputs, nodes, edges, one output. JSON is the truth; editors are views of it."""

from typing import Literal
from uuid import UUID

from pydantic import Field

from schemas.authoring.agents import AgentDefinition
from schemas.authoring.nodes import MAX_NODES, Graph, Node
from schemas.authoring.parts import (
    Edge,
    InputSpec,
    JsonSchema,
    JsonTemplate,
    MaxCost,
    NodeId,
    Seconds,
    ToolName,
)
from schemas.authoring.tools import ToolDefinition
from schemas.base import Value


class WorkflowDefinition(Graph):
    """`output` is what the run returns. `timeout_seconds` bounds a run, waits included (None: an hour,
    or 30 days when there are nodes that wait for people, times or other runs);
    `idle_seconds` bounds how long nothing at all may happen in it, waits and approvals excluded.
    """

    schema_version: Literal[1] = 1
    inputs: dict[NodeId, InputSpec] = Field(default_factory=dict, max_length=100)
    nodes: tuple[Node, ...] = Field(min_length=1, max_length=MAX_NODES)
    edges: tuple[Edge, ...] = Field((), max_length=5_000)
    output: JsonTemplate
    output_schema: JsonSchema | None = None
    timeout_seconds: Seconds | None = None
    idle_seconds: Seconds | None = None
    max_cost: MaxCost | None = None


class Source(Value):
    """What an execution runs, pinned for ever: the stream, the version and the content hash."""

    kind: Literal["workflow", "agent"]
    id: UUID
    version: int
    hash: str
    name: str

    @property
    def stream(self) -> str:
        return f"{self.kind}-{self.id}"


class Release(Value):
    """A definition with all it refers to, frozen when it is published: what a run is pinned to.

    `agents` by agent id, `workflows` (of subworkflow nodes) by workflow id, as text.
    """

    definition: WorkflowDefinition
    tools: dict[ToolName, ToolDefinition] = Field(default_factory=dict)
    agents: dict[str, AgentDefinition] = Field(default_factory=dict)
    workflows: dict[str, Source] = Field(default_factory=dict)
