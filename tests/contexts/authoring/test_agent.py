import pytest

from contexts.authoring.agent import as_workflow
from contexts.authoring.dag import problems
from contexts.authoring.facts import AuthoringFacts
from contexts.authoring.registry import REGISTRY
from contexts.hashes import content_hash
from schemas.authoring.agents import AgentDefinition, AgentTool
from schemas.authoring.commands import CreateAgent, ReviseAgent
from schemas.authoring.definition import Release
from schemas.authoring.events import AgentCreated, AgentRevised
from schemas.authoring.nodes import AgentNode
from schemas.authoring.tools import BuiltinTool, ToolDefinition
from tests.support.builders import AGENT_ID, MODEL, agent
from tests.support.spec import Given, Spec

CLOCK, OTHER_CLOCK = BuiltinTool(type="builtin", name="now"), BuiltinTool(type="builtin", name="echo")
FACTS = AuthoringFacts(known_models=frozenset({MODEL}), tools={"clock": CLOCK})
SHORT, LONG = agent(), agent(instructions="Be long.")
WITH_CLOCK = agent(tools=(AgentTool(tool="clock"),))


def given(*events: AgentCreated | AgentRevised, clock: ToolDefinition = CLOCK) -> Given:
    return Spec(REGISTRY).given(*events).knowing(AuthoringFacts(frozenset({MODEL}), {"clock": clock}))


def create(definition: AgentDefinition) -> CreateAgent:
    return CreateAgent(agent_id=AGENT_ID, name="Helper", definition=definition)


def revise(definition: AgentDefinition, name: str = "Helper") -> ReviseAgent:
    return ReviseAgent(agent_id=AGENT_ID, name=name, definition=definition)


def hash_of(definition: AgentDefinition, tools: dict[str, ToolDefinition]) -> str:
    return content_hash(Release(definition=as_workflow(definition), tools=tools))


def created(definition: AgentDefinition, **tools: ToolDefinition) -> AgentCreated:
    hash_ = hash_of(definition, tools)
    return AgentCreated(agent_id=AGENT_ID, name="Helper", definition=definition, hash=hash_, tools=tools)


def revised(
    number: int, definition: AgentDefinition, name: str = "Helper", **tools: ToolDefinition
) -> AgentRevised:
    hash_ = hash_of(definition, tools)
    return AgentRevised(
        agent_id=AGENT_ID, number=number, name=name, definition=definition, hash=hash_, tools=tools
    )


def test_an_agent_is_created_with_the_hash_of_what_it_runs() -> None:
    given().when(create(SHORT)).then(created(SHORT))


def test_an_agent_is_pinned_to_its_tools_as_they_are() -> None:
    given().when(create(WITH_CLOCK)).then(created(WITH_CLOCK, clock=CLOCK))


def test_the_same_agent_again_says_nothing() -> None:
    given(created(SHORT)).when(create(SHORT)).nothing()
    given(created(SHORT), revised(2, LONG)).when(create(SHORT)).nothing()


def test_an_agent_id_is_used_once() -> None:
    given(created(SHORT)).when(create(LONG)).refused("authoring.agent_exists")


def test_a_revision_is_the_next_version() -> None:
    given(created(SHORT)).when(revise(LONG)).then(revised(2, LONG))
    given(created(SHORT), revised(2, LONG)).when(revise(SHORT)).then(revised(3, SHORT))


def test_another_name_alone_is_a_revision() -> None:
    given(created(SHORT)).when(revise(SHORT, name="Aide")).then(revised(2, SHORT, name="Aide"))


def test_a_revision_that_changes_nothing_says_nothing() -> None:
    given(created(WITH_CLOCK, clock=CLOCK)).when(revise(WITH_CLOCK)).nothing()


def test_the_same_definition_with_another_tool_is_the_next_version() -> None:
    now = given(created(WITH_CLOCK, clock=CLOCK), clock=OTHER_CLOCK)
    now.when(revise(WITH_CLOCK)).then(revised(2, WITH_CLOCK, clock=OTHER_CLOCK))


def test_an_agent_nobody_created_is_not_found() -> None:
    given().when(revise(SHORT)).refused("authoring.agent_not_found")


def test_a_revision_is_checked_like_a_creation() -> None:
    broken = agent(model="acme/gpt", tools=(AgentTool(tool="hammer"),))
    outcome = given(created(SHORT)).when(revise(broken))
    outcome.refused("authoring.invalid_definition", "authoring.unknown_model", "authoring.unknown_tool")
    assert outcome.refusal is not None
    assert [problem.path for problem in outcome.refusal.problems] == ["model", "tools.0.tool"]


@pytest.mark.parametrize(
    ("changes", "code", "path"),
    [
        ({"model": "acme/gpt"}, "authoring.unknown_model", "model"),
        ({"instructions": "{{ inputs.name }}"}, "authoring.undeclared_input", "instructions"),
        ({"instructions": "{{"}, "authoring.malformed_template", "instructions"),
    ],
)
def test_problems_point_into_the_agent(changes: dict[str, str], code: str, path: str) -> None:
    outcome = given().when(create(agent(**changes)))
    outcome.refused("authoring.invalid_definition", code)
    assert outcome.refusal is not None
    assert [(p.path, p.node) for p in outcome.refusal.problems] == [(path, None)]


def test_an_agent_runs_as_a_workflow_of_one_sound_node() -> None:
    definition = as_workflow(WITH_CLOCK)
    prompt = "{{ inputs.message }}"
    assert definition.nodes == (AgentNode(type="agent", id="answer", definition=WITH_CLOCK, prompt=prompt),)
    assert problems(definition, FACTS) == []
    assert definition.output == "{{ steps.answer.output }}"
