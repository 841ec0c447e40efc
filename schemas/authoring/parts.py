"""The small types definitions are made of."""

from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from schemas.base import Value

NodeId = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
ToolName = NodeId
SecretName = Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9_]{0,39}$")]
Template = Annotated[str, StringConstraints(max_length=20_000)]
"""Text with `{{ inputs.x }}` and `{{ steps.id.output }}`."""

JsonTemplate = Any
"""JSON whose texts are templates. A text that is one reference and nothing else keeps the value's type."""

Expression = Annotated[str, StringConstraints(min_length=1, max_length=1_000)]
"""CEL over the same names as templates: `inputs`, `steps`, and in bodies `item`, `index`, `previous`."""

JsonSchema = dict[str, Any]
ModelName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9_-]+/[A-Za-z0-9._:-]{1,80}$")]
InputType = Literal["string", "number", "integer", "boolean", "object", "array"]
Seconds = Annotated[float, Field(gt=0, le=366 * 86_400)]

MaxCost = Annotated[Decimal, Field(gt=0, max_digits=38, decimal_places=12)]
"""US dollars of price."""

StepErrorClass = Literal[
    "rate_limited",
    "overloaded",
    "timeout",
    "connection",
    "stream_cut",
    "bad_request",
    "unauthorized",
    "content_filter",
    "invalid_output",
    "unknown",
]


class InputSpec(Value):
    """One input of a workflow. `json_schema` says more than `type` can."""

    type: InputType = "string"
    required: bool = True
    default: Any = None
    description: str = Field("", max_length=500)
    json_schema: JsonSchema | None = None


class RetryPolicy(Value):
    """Attempts in all, and the wait before attempt n: `base_seconds x 2^(n-2)`, capped.

    `on`: only these classes of error are tried again; None: all that may pass by themselves.
    `max_cost`: US dollars of price; once the attempts of a step have cost so much, no further one begins.
    """

    max_attempts: int = Field(3, ge=1, le=10)
    base_seconds: float = Field(1.0, ge=0, le=60)
    cap_seconds: float = Field(30.0, ge=0, le=600)
    on: tuple[StepErrorClass, ...] | None = None
    max_cost: MaxCost | None = None


class Edge(Value):
    """`case` is set on edges out of a branch: it is followed when the branch chose that case."""

    source: NodeId
    target: NodeId
    case: NodeId | None = None
