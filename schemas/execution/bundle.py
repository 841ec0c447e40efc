"""A run as a file: what it ran on, what the outside answered, and how it ended."""

from typing import Any, Literal

from pydantic import Field

from schemas.authoring.definition import Source
from schemas.base import Value
from schemas.execution.chat import ToolCall, Usage
from schemas.execution.types import StepError, StepPath

Kind = Literal["call", "step", "approval", "wait"]


class RecordedAnswer(Value):
    """The last word on a step: a model's text and the tools it asked for, a step's output, a person's answer.

    `output` of a call is what the model said. `error`: it failed for good.
    """

    node: StepPath
    kind: Kind
    output: Any = None
    tool_calls: tuple[ToolCall, ...] = ()
    usage: Usage | None = None
    approved: bool | None = None
    error: StepError | None = None


class Outcome(Value):
    status: Literal["succeeded", "failed", "cancelled"]
    output: Any = None
    error: StepError | None = None


class RunBundle(Value):
    schema_version: Literal[1] = 1
    source: Source
    inputs: dict[str, Any]
    answers: tuple[RecordedAnswer, ...] = Field(max_length=20_000)
    outcome: Outcome
