"""A model with standing instructions. It is run as a workflow of one node, on a `message`."""

from dataclasses import dataclass, field
from uuid import UUID

from contexts.authoring import dag
from contexts.authoring.errors import AgentExists, InvalidDefinition
from contexts.authoring.facts import AuthoringFacts
from contexts.hashes import content_hash
from contexts.kernel import Aggregate, Context
from schemas.authoring.agents import AgentDefinition
from schemas.authoring.commands import CreateAgent
from schemas.authoring.definition import WorkflowDefinition
from schemas.authoring.events import AgentCreated
from schemas.authoring.nodes import LlmNode
from schemas.authoring.parts import InputSpec
from schemas.authoring.tools import ToolDefinition
from schemas.envelope import Problem

FIELD_OF = {"nodes.0.model": "model", "nodes.0.system": "instructions"}
"""Where a problem of the one-node workflow is in the agent its author wrote."""


@dataclass(frozen=True)
class Agent:
    agent_id: UUID
    name: str
    definition: AgentDefinition
    hash: str
    tools: dict[str, ToolDefinition] = field(default_factory=dict)


def create(state: Agent | None, command: CreateAgent, ctx: Context) -> list[AgentCreated]:
    facts: AuthoringFacts = ctx.facts
    if found := problems(command.definition, facts):
        raise InvalidDefinition(f"the agent has {len(found)} problem(s)", found)
    event = AgentCreated(**dict(command), hash=content_hash(command.definition))
    if state is None:
        return [event]
    if state == evolve(None, event):
        return []
    raise AgentExists(f"agent {command.agent_id} exists with another definition")


def problems(definition: AgentDefinition, facts: AuthoringFacts) -> list[Problem]:
    found = dag.problems(as_workflow(definition), facts)
    return [p.model_copy(update={"path": FIELD_OF.get(p.path, p.path), "node": None}) for p in found]


def as_workflow(agent: AgentDefinition) -> WorkflowDefinition:
    answer = LlmNode(
        type="llm",
        id="answer",
        model=agent.model,
        system=agent.instructions,
        prompt="{{ inputs.message }}",
        max_output_tokens=agent.max_output_tokens,
        temperature=agent.temperature,
    )
    return WorkflowDefinition(
        inputs={"message": InputSpec(type="string")}, nodes=(answer,), output="{{ steps.answer.output }}"
    )


def evolve(state: Agent | None, event: AgentCreated) -> Agent:
    return Agent(**dict(event))


AGENT = Aggregate("agent", Agent, evolve)
