import pytest

from contexts.authoring.agent import as_workflow
from contexts.authoring.dag import problems
from contexts.authoring.facts import AuthoringFacts
from contexts.authoring.registry import REGISTRY
from contexts.hashes import content_hash
from schemas.authoring.agents import AgentDefinition
from schemas.authoring.commands import CreateAgent
from schemas.authoring.events import AgentCreated
from tests.support.builders import AGENT_ID, MODEL, agent
from tests.support.spec import Given, Spec

FACTS = AuthoringFacts(known_models=frozenset({MODEL}))


def given(*events: AgentCreated) -> Given:
    return Spec(REGISTRY).given(*events).knowing(FACTS)


def create(definition: AgentDefinition) -> CreateAgent:
    return CreateAgent(agent_id=AGENT_ID, name="Helper", definition=definition)


def created(definition: AgentDefinition) -> AgentCreated:
    return AgentCreated(
        agent_id=AGENT_ID, name="Helper", definition=definition, hash=content_hash(definition)
    )


def test_an_agent_is_created_with_the_hash_of_its_definition() -> None:
    given().when(create(agent())).then(created(agent()))


def test_the_same_agent_again_says_nothing() -> None:
    given(created(agent())).when(create(agent())).nothing()


def test_an_agent_id_is_used_once() -> None:
    given(created(agent())).when(create(agent(instructions="Be long."))).refused("authoring.agent_exists")


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
    definition = as_workflow(agent(max_output_tokens=7, temperature=0.5))
    (answer,) = definition.nodes
    assert problems(definition, FACTS) == []
    assert answer.model_dump(include={"id", "type", "model", "system", "prompt", "max_output_tokens"}) == {
        "id": "answer",
        "type": "llm",
        "model": MODEL,
        "system": "Be brief.",
        "prompt": "{{ inputs.message }}",
        "max_output_tokens": 7,
    }
    assert definition.output == "{{ steps.answer.output }}"
