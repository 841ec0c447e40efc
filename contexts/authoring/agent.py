"""A model with standing instructions and tools. It is run as a workflow of one node, on a `message`."""

from dataclasses import dataclass, field, replace
from uuid import UUID

from contexts.authoring import dag
from contexts.authoring.errors import AgentExists, AgentNotFound, InvalidDefinition
from contexts.authoring.facts import AuthoringFacts
from contexts.authoring.pins import release_of
from contexts.hashes import content_hash
from contexts.kernel import Aggregate, Context
from schemas.authoring.agents import AgentDefinition
from schemas.authoring.commands import CreateAgent, ReviseAgent
from schemas.authoring.definition import Release, WorkflowDefinition
from schemas.authoring.events import AgentCreated, AgentRevised
from schemas.authoring.nodes import AgentNode
from schemas.authoring.parts import InputSpec
from schemas.authoring.tools import ToolDefinition
from schemas.envelope import Problem

IN_THE_NODE = "nodes.0.definition."
"""Where the agent its author wrote is in the one-node workflow."""


@dataclass(frozen=True)
class AgentVersion:
    number: int
    hash: str
    definition: AgentDefinition
    tools: dict[str, ToolDefinition] = field(default_factory=dict)


@dataclass(frozen=True)
class Agent:
    """`versions[n - 1]` is version n; the last one is what new runs use."""

    agent_id: UUID
    name: str
    versions: tuple[AgentVersion, ...]

    @property
    def newest(self) -> AgentVersion:
        return self.versions[-1]


def create(state: Agent | None, command: CreateAgent, ctx: Context) -> list[AgentCreated]:
    release = valid_release(command.definition, ctx)
    if state is None:
        return [AgentCreated(**dict(command), hash=content_hash(release), tools=release.tools)]
    if (state.name, state.versions[0].definition) == (command.name, command.definition):
        return []
    raise AgentExists(f"agent {command.agent_id} exists with another definition")


def revise(state: Agent | None, command: ReviseAgent, ctx: Context) -> list[AgentRevised]:
    """The same definition again is a new version when its tools have changed."""
    if state is None:
        raise AgentNotFound(f"there is no agent {command.agent_id}")
    release = valid_release(command.definition, ctx)
    known = (state.name, state.newest.definition, state.newest.tools)
    if known == (command.name, command.definition, release.tools):
        return []
    number = len(state.versions) + 1
    return [AgentRevised(**dict(command), number=number, hash=content_hash(release), tools=release.tools)]


def valid_release(definition: AgentDefinition, ctx: Context) -> Release:
    facts: AuthoringFacts = ctx.facts
    if found := problems(definition, facts):
        raise InvalidDefinition(f"the agent has {len(found)} problem(s)", found)
    return release_of(as_workflow(definition), facts)


def problems(definition: AgentDefinition, facts: AuthoringFacts) -> list[Problem]:
    found = dag.problems(as_workflow(definition), facts)
    return [in_the_agent(problem) for problem in found]


def in_the_agent(problem: Problem) -> Problem:
    path = problem.path.removeprefix(IN_THE_NODE) if problem.path else problem.path
    return problem.model_copy(update={"path": path, "node": None})


def as_workflow(agent: AgentDefinition) -> WorkflowDefinition:
    answer = AgentNode(type="agent", id="answer", definition=agent, prompt="{{ inputs.message }}")
    return WorkflowDefinition(
        inputs={"message": InputSpec(type="string")}, nodes=(answer,), output="{{ steps.answer.output }}"
    )


def evolve(state: Agent | None, event: AgentCreated | AgentRevised) -> Agent | None:
    if isinstance(event, AgentCreated):
        first = AgentVersion(1, event.hash, event.definition, event.tools)
        return Agent(event.agent_id, event.name, (first,))
    if state is None:
        return None
    version = AgentVersion(event.number, event.hash, event.definition, event.tools)
    return replace(state, name=event.name, versions=(*state.versions, version))


AGENT = Aggregate("agent", Agent, evolve)
