from pydantic import Field

from schemas.authoring.parts import JsonSchema, MaxCost, ModelName, Template, ToolName
from schemas.base import Value


class AgentTool(Value):
    """A tool the agent may use; with `approval` a person must agree to each use."""

    tool: ToolName
    approval: bool = False


class AgentDefinition(Value):
    """A model with standing instructions and tools. It is asked at most `max_rounds` times.

    `max_cost`: US dollars of price; no round begins that might lead beyond it.
    """

    model: ModelName
    instructions: Template
    max_output_tokens: int = Field(256, ge=1, le=32_000)
    temperature: float | None = Field(None, ge=0, le=2)
    tools: tuple[AgentTool, ...] = Field((), max_length=50)
    max_rounds: int = Field(8, ge=1, le=50)
    max_cost: MaxCost | None = None
    fallback_models: tuple[ModelName, ...] = Field((), max_length=3)
    output_schema: JsonSchema | None = None
    repairs: int = Field(1, ge=0, le=3)
