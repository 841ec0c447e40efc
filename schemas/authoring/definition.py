"""A workflow as data: inputs, nodes, edges, one output. JSON is the truth; editors are views of it."""

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from schemas.base import Value

NodeId = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
Template = Annotated[str, StringConstraints(max_length=20_000)]
ModelName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9_-]+/[A-Za-z0-9._:-]{1,80}$")]
InputType = Literal["string", "number", "integer", "boolean", "object", "array"]

MAX_NODES = 500


class InputSpec(Value):
    """One input of a workflow, typed as in JSON Schema."""

    type: InputType = "string"
    required: bool = True
    default: Any = None
    description: str = Field("", max_length=500)


class RetryPolicy(Value):
    """Attempts in all, and the wait before attempt n: `base_seconds x 2^(n-2)`, capped."""

    max_attempts: int = Field(3, ge=1, le=10)
    base_seconds: float = Field(1.0, ge=0, le=60)
    cap_seconds: float = Field(30.0, ge=0, le=600)


class TemplateNode(Value):
    """Text with `{{ inputs.x }}` and `{{ steps.id.output }}` filled in. Runs inside the decision."""

    type: Literal["template"]
    id: NodeId
    template: Template


class LlmNode(Value):
    """One metered model call."""

    type: Literal["llm"]
    id: NodeId
    model: ModelName
    prompt: Template
    system: Template = ""
    max_output_tokens: int = Field(256, ge=1, le=32_000)
    temperature: float | None = Field(None, ge=0, le=2)
    timeout_seconds: float = Field(120, gt=0, le=900)
    retry: RetryPolicy = RetryPolicy()


class NoopNode(Value):
    """A durable step that does nothing: for measuring the engine and testing its rules."""

    type: Literal["noop"]
    id: NodeId
    retry: RetryPolicy = RetryPolicy()


Node = Annotated[TemplateNode | LlmNode | NoopNode, Field(discriminator="type")]


class Edge(Value):
    source: NodeId
    target: NodeId


class WorkflowDefinition(Value):
    schema_version: Literal[1] = 1
    inputs: dict[NodeId, InputSpec] = Field(default_factory=dict, max_length=100)
    nodes: tuple[Node, ...] = Field(min_length=1, max_length=MAX_NODES)
    edges: tuple[Edge, ...] = Field((), max_length=5_000)
    output: Template
    """What the run returns, as a template over inputs and steps."""


class AgentDefinition(Value):
    """An agent: a model and its standing instructions, run on a `message`."""

    model: ModelName
    instructions: Template
    max_output_tokens: int = Field(256, ge=1, le=32_000)
    temperature: float | None = Field(None, ge=0, le=2)


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
