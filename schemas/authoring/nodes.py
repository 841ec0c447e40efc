"""The kinds of node. Pure ones run inside the decision; the others wait for something outside."""

from functools import cached_property
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from schemas.authoring.agents import AgentDefinition
from schemas.authoring.parts import (
    Edge,
    Expression,
    JsonSchema,
    JsonTemplate,
    MaxCost,
    ModelName,
    NodeId,
    RetryPolicy,
    Seconds,
    Template,
    ToolName,
)
from schemas.base import Value

MAX_NODES = 500
WhenUnknown = Literal["retry", "ask", "fail"]
"""When nobody knows whether the work happened: do it again, ask a person, or fail."""


class TemplateNode(Value):
    """Text with `{{ inputs.x }}` and `{{ steps.id.output }}` filled in. Pure."""

    type: Literal["template"]
    id: NodeId
    template: Template


class TransformNode(Value):
    """A CEL expression's value. Pure."""

    type: Literal["transform"]
    id: NodeId
    expression: Expression


class Case(Value):
    name: NodeId
    when: Expression


class BranchNode(Value):
    """The first case whose expression is true, or `otherwise`. Its output is the case's name. Pure.

    Nodes that only lead from cases not chosen are skipped; their output is null.
    """

    type: Literal["branch"]
    id: NodeId
    cases: tuple[Case, ...] = Field(min_length=1, max_length=50)
    otherwise: NodeId = "otherwise"


class LlmNode(Value):
    """One metered model call. With `output_schema` its answer is JSON that fits, or is asked for again.

    Attempt n uses the n-th of (model, *fallback_models) when the one before failed, the last one on.
    """

    type: Literal["llm"]
    id: NodeId
    model: ModelName
    prompt: Template
    system: Template = ""
    max_output_tokens: int = Field(256, ge=1, le=32_000)
    temperature: float | None = Field(None, ge=0, le=2)
    timeout_seconds: float = Field(120, gt=0, le=900)
    retry: RetryPolicy = RetryPolicy()
    fallback_models: tuple[ModelName, ...] = Field((), max_length=3)
    output_schema: JsonSchema | None = None
    repairs: int = Field(1, ge=0, le=3)
    when_unknown: WhenUnknown = "retry"


class AgentNode(Value):
    """A model that may use tools, round after round, until it answers.

    Either `agent` names one of the tenant's agents, or `definition` says it here.
    """

    type: Literal["agent"]
    id: NodeId
    prompt: Template
    agent: UUID | None = None
    definition: AgentDefinition | None = None
    timeout_seconds: float = Field(120, gt=0, le=900)
    retry: RetryPolicy = RetryPolicy()
    when_unknown: WhenUnknown = "retry"


class ToolNode(Value):
    """One use of a tool. `when_unknown` None: retry if the tool is safe to repeat, else ask."""

    type: Literal["tool"]
    id: NodeId
    tool: ToolName
    arguments: dict[str, JsonTemplate] = Field(default_factory=dict, max_length=100)
    timeout_seconds: float = Field(30, gt=0, le=300)
    retry: RetryPolicy = RetryPolicy()
    when_unknown: WhenUnknown | None = None


class RetrieveNode(Value):
    """Passages of the tenant's documents that answer a query."""

    type: Literal["retrieve"]
    id: NodeId
    query: Template
    collection: str = Field("", max_length=120)
    top_k: int = Field(5, ge=1, le=50)
    timeout_seconds: float = Field(30, gt=0, le=300)
    retry: RetryPolicy = RetryPolicy()


class SubworkflowNode(Value):
    """Another published workflow, pinned when this one is published. Its output is this node's.

    `max_cost`: US dollars of price it may spend, reserved of this run's ceiling while it runs. None: all that
    is left of it.
    """

    type: Literal["subworkflow"]
    id: NodeId
    workflow_id: UUID
    version: int | None = Field(None, ge=1)
    inputs: dict[NodeId, JsonTemplate] = Field(default_factory=dict, max_length=100)
    timeout_seconds: Seconds = 3_600
    retry: RetryPolicy = RetryPolicy(max_attempts=1)
    max_cost: MaxCost | None = None


class ApprovalNode(Value):
    """A person decides. Output: `{"approved": bool, "data": {...}, "by": "..."}`.

    `assignees` are user ids, e-mail addresses or roles; none: whoever may answer approvals. After
    `escalate_after_seconds` those of `escalate_to` may answer as well.
    """

    type: Literal["approval"]
    id: NodeId
    message: Template
    form: JsonSchema | None = None
    assignees: tuple[str, ...] = Field((), max_length=50)
    deadline_seconds: Seconds = 7 * 86_400
    on_deadline: Literal["fail", "approve", "reject"] = "fail"
    escalate_after_seconds: Seconds | None = None
    escalate_to: tuple[str, ...] = Field((), max_length=50)


class WaitNode(Value):
    """Exactly one of: `seconds` to wait, `until` (a template of an ISO 8601 time), or a named `event`.

    An event's payload is the output; `timeout_seconds` bounds the wait for it, then the step fails.
    """

    type: Literal["wait"]
    id: NodeId
    seconds: Seconds | None = None
    until: Template | None = None
    event: NodeId | None = None
    timeout_seconds: Seconds = 30 * 86_400


class NoopNode(Value):
    """A durable step that does nothing: for measuring the engine and testing its rules."""

    type: Literal["noop"]
    id: NodeId
    timeout_seconds: float = Field(60, gt=0, le=900)
    retry: RetryPolicy = RetryPolicy()


class Graph(Value):
    """Nodes and the edges between them."""

    nodes: "tuple[Node, ...]"
    edges: tuple[Edge, ...] = ()

    @cached_property
    def by_id(self) -> "dict[str, Node]":
        return {node.id: node for node in self.nodes}

    @cached_property
    def incoming(self) -> dict[str, tuple[Edge, ...]]:
        found: dict[str, tuple[Edge, ...]] = {node.id: () for node in self.nodes}
        for edge in self.edges:
            found[edge.target] = (*found[edge.target], edge)
        return found


class Body(Graph):
    """A small graph inside a node. `output` is over its own steps and all around it."""

    nodes: "tuple[Node, ...]" = Field(min_length=1, max_length=100)
    edges: tuple[Edge, ...] = Field((), max_length=1_000)
    output: JsonTemplate = None


class Reduce(Value):
    """Folds results one by one, in the order of the items: CEL over `total` and `item` (one result)."""

    initial: JsonTemplate = None
    expression: Expression


class MapNode(Value):
    """The body once per item of a list, at most `max_concurrency` at a time.

    In the body: `item`, `index`. Output: the results in order (null where an item failed), or the reduced
    total. `max_failures` items may fail; one more fails the node.
    """

    type: Literal["map"]
    id: NodeId
    items: Expression
    body: Body
    max_items: int = Field(1_000, ge=1, le=2_000)
    max_concurrency: int = Field(16, ge=1, le=256)
    max_failures: int = Field(0, ge=0, le=2_000)
    reduce: Reduce | None = None


class LoopNode(Value):
    """The body again and again until `until` is true, at most `max_iterations` times.

    In the body: `index`, `previous` (the last iteration's output, `initial` at first). `until` is over
    the same and `output`, this iteration's. Output: the last iteration's.
    """

    type: Literal["loop"]
    id: NodeId
    body: Body
    until: Expression
    initial: JsonTemplate = None
    max_iterations: int = Field(10, ge=1, le=100)
    on_limit: Literal["succeed", "fail"] = "fail"


Node = Annotated[
    TemplateNode
    | TransformNode
    | BranchNode
    | LlmNode
    | AgentNode
    | ToolNode
    | RetrieveNode
    | SubworkflowNode
    | ApprovalNode
    | WaitNode
    | NoopNode
    | MapNode
    | LoopNode,
    Field(discriminator="type"),
]

for _model in (Graph, Body, MapNode, LoopNode):
    _model.model_rebuild()
