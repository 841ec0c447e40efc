from typing import Any
from uuid import UUID

from contexts.authoring.facts import AuthoringFacts
from contexts.authoring.registry import REGISTRY
from contexts.authoring.workflow import WorkflowEvent
from contexts.hashes import content_hash
from schemas.authoring.agents import AgentTool
from schemas.authoring.commands import (
    CreateWorkflow,
    DeprecateWorkflow,
    PublishWorkflow,
    ReviseWorkflow,
    RollbackWorkflow,
)
from schemas.authoring.definition import Release, Source, WorkflowDefinition
from schemas.authoring.events import (
    WorkflowCreated,
    WorkflowDeprecated,
    WorkflowPublished,
    WorkflowRevised,
)
from schemas.authoring.nodes import AgentNode, Body, MapNode, SubworkflowNode, ToolNode
from schemas.authoring.tools import BuiltinTool
from tests.support.builders import AGENT_ID, MODEL, WORKFLOW_ID, agent, llm, noop, workflow
from tests.support.spec import Given, Spec

FACTS = AuthoringFacts(known_models=frozenset({MODEL}))
FIRST, SECOND = workflow(noop("a")), workflow(noop("a"), noop("b"))
BROKEN = workflow(llm("a", model="acme/gpt", prompt="{{"))
PUBLISH = PublishWorkflow(workflow_id=WORKFLOW_ID)
OTHER, OTHER_AGENT = UUID(int=70), UUID(int=71)
CLOCK, OTHER_CLOCK = BuiltinTool(type="builtin", name="now"), BuiltinTool(type="builtin", name="echo")
HELPER = agent(tools=(AgentTool(tool="clock"), AgentTool(tool="split")))


def given(*events: WorkflowEvent, knowing: AuthoringFacts = FACTS) -> Given:
    return Spec(REGISTRY).given(*events).knowing(knowing)


def facts(**changes: Any) -> AuthoringFacts:
    return AuthoringFacts(known_models=frozenset({MODEL}), **changes)


def source(number: int) -> Source:
    return Source(kind="workflow", id=OTHER, version=number, hash=f"h{number}", name="Other")


def uses_clock(node: str) -> ToolNode:
    return ToolNode(type="tool", id=node, tool="clock")


def asks(node: str, agent_id: UUID = AGENT_ID) -> AgentNode:
    return AgentNode(type="agent", id=node, agent=agent_id, prompt="Help.")


def runs_other(node: str, version: int | None = None) -> SubworkflowNode:
    return SubworkflowNode(type="subworkflow", id=node, workflow_id=OTHER, version=version)


def create(definition: WorkflowDefinition) -> CreateWorkflow:
    return CreateWorkflow(workflow_id=WORKFLOW_ID, name="Letters", definition=definition)


def revise(definition: WorkflowDefinition) -> ReviseWorkflow:
    return ReviseWorkflow(workflow_id=WORKFLOW_ID, definition=definition)


def created(definition: WorkflowDefinition) -> WorkflowCreated:
    return WorkflowCreated(workflow_id=WORKFLOW_ID, name="Letters", definition=definition)


def revised(definition: WorkflowDefinition) -> WorkflowRevised:
    return WorkflowRevised(workflow_id=WORKFLOW_ID, definition=definition)


def published(number: int, definition: WorkflowDefinition, **changes: Any) -> WorkflowPublished:
    return released(number, Release(definition=definition), **changes)


def released(number: int, release: Release, **changes: Any) -> WorkflowPublished:
    hash_ = content_hash(release)
    return WorkflowPublished(workflow_id=WORKFLOW_ID, number=number, hash=hash_, release=release, **changes)


def deprecated(number: int) -> WorkflowDeprecated:
    return WorkflowDeprecated(workflow_id=WORKFLOW_ID, number=number)


def roll_back(number: int) -> RollbackWorkflow:
    return RollbackWorkflow(workflow_id=WORKFLOW_ID, number=number)


def deprecate(number: int) -> DeprecateWorkflow:
    return DeprecateWorkflow(workflow_id=WORKFLOW_ID, number=number)


def test_a_workflow_is_created() -> None:
    given().when(create(FIRST)).then(created(FIRST))


def test_the_same_workflow_again_says_nothing() -> None:
    given(created(FIRST)).when(create(FIRST)).nothing()


def test_a_workflow_id_is_used_once() -> None:
    given(created(FIRST)).when(create(SECOND)).refused("authoring.workflow_exists")


def test_what_cannot_run_is_neither_created_nor_revised() -> None:
    problems = ("authoring.unknown_model", "authoring.malformed_template")
    given().when(create(BROKEN)).refused("authoring.invalid_definition", *problems)
    given(created(FIRST)).when(revise(BROKEN)).refused("authoring.invalid_definition", *problems)


def test_a_dry_run_tells_the_problems_and_creates_nothing() -> None:
    check = create(BROKEN).model_copy(update={"dry_run": True})
    given().when(check).refused(
        "authoring.invalid_definition", "authoring.unknown_model", "authoring.malformed_template"
    )
    given().when(create(FIRST).model_copy(update={"dry_run": True})).nothing()


def test_a_draft_is_revised() -> None:
    given(created(FIRST)).when(revise(SECOND)).then(revised(SECOND))


def test_a_revision_that_changes_nothing_says_nothing() -> None:
    given(created(FIRST), revised(SECOND)).when(revise(SECOND)).nothing()


def test_publishing_pins_the_draft_under_the_next_number() -> None:
    given(created(FIRST)).when(PUBLISH).then(published(1, FIRST))
    given(created(FIRST), published(1, FIRST), revised(SECOND)).when(PUBLISH).then(published(2, SECOND))


def test_publishing_an_unchanged_draft_says_nothing() -> None:
    given(created(FIRST), published(1, FIRST)).when(PUBLISH).nothing()


def test_going_back_to_an_old_draft_is_a_new_version_with_the_old_hash() -> None:
    history = (created(FIRST), published(1, FIRST), revised(SECOND), published(2, SECOND), revised(FIRST))
    given(*history).when(PUBLISH).then(published(3, FIRST))


def test_a_release_has_all_it_refers_to_bodies_included() -> None:
    body = Body(nodes=(uses_clock("time"), asks("ask"), runs_other("other")))
    draft = workflow(MapNode(type="map", id="each", items="[1]", body=body))
    known = facts(
        tools={"clock": CLOCK},
        agents={AGENT_ID: HELPER},
        agent_tools={AGENT_ID: {"clock": OTHER_CLOCK, "split": OTHER_CLOCK}},
        workflows={OTHER: {1: source(1), 2: source(2)}},
    )
    release = Release(
        definition=draft,
        tools={"clock": CLOCK, "split": OTHER_CLOCK},
        agents={str(AGENT_ID): HELPER},
        workflows={str(OTHER): source(2)},
    )
    given(created(draft), knowing=known).when(PUBLISH).then(released(1, release))


def test_a_subworkflow_is_pinned_to_the_version_asked_for() -> None:
    draft = workflow(runs_other("a", 1), runs_other("b", 1))
    known = facts(workflows={OTHER: {1: source(1), 2: source(2)}})
    release = Release(definition=draft, workflows={str(OTHER): source(1)})
    given(created(draft), knowing=known).when(PUBLISH).then(released(1, release))


def test_a_tool_that_changed_makes_an_unchanged_draft_a_new_version() -> None:
    draft = workflow(uses_clock("time"))
    before = released(1, Release(definition=draft, tools={"clock": CLOCK}))
    known = facts(tools={"clock": OTHER_CLOCK})
    after = released(2, Release(definition=draft, tools={"clock": OTHER_CLOCK}))
    given(created(draft), before, knowing=known).when(PUBLISH).then(after)


def test_what_is_gone_since_the_draft_was_saved_is_told_all_at_once() -> None:
    draft = workflow(uses_clock("time"), asks("ask"), runs_other("other"))
    unknown = ("authoring.unknown_tool", "authoring.unknown_agent", "authoring.unknown_workflow")
    given(created(draft)).when(PUBLISH).refused("authoring.invalid_definition", *unknown)


def test_one_name_is_one_tool_and_one_workflow_is_one_version() -> None:
    draft = workflow(asks("a"), asks("b", OTHER_AGENT), runs_other("c"), runs_other("d", 1))
    known = facts(
        agents={AGENT_ID: HELPER, OTHER_AGENT: HELPER},
        agent_tools={
            AGENT_ID: {"clock": CLOCK, "split": CLOCK},
            OTHER_AGENT: {"clock": OTHER_CLOCK, "split": CLOCK},
        },
        workflows={OTHER: {1: source(1)}},
    )
    outcome = given(created(draft), knowing=known).when(PUBLISH)
    outcome.refused("authoring.invalid_definition", "authoring.versions_differ", "authoring.tools_differ")
    assert outcome.refusal is not None
    assert [(p.node, p.path) for p in outcome.refusal.problems] == [
        ("d", "nodes.3.version"),
        ("b", "nodes.1.agent"),
    ]


TWO = (created(FIRST), published(1, FIRST), revised(SECOND), published(2, SECOND))


def test_rolling_back_publishes_an_old_version_again_and_makes_it_the_draft() -> None:
    back = published(3, FIRST, rolled_back_to=1)
    given(*TWO).when(roll_back(1)).then(back)
    given(*TWO, back).when(PUBLISH).nothing()
    given(*TWO, back).when(revise(FIRST)).nothing()


def test_rolling_back_needs_nothing_that_is_gone_since() -> None:
    draft = workflow(uses_clock("time"))
    release = Release(definition=draft, tools={"clock": CLOCK})
    history = (created(draft), released(1, release), revised(FIRST), published(2, FIRST))
    given(*history).when(roll_back(1)).then(released(3, release, rolled_back_to=1))


def test_rolling_back_to_what_is_in_use_says_nothing_unless_the_draft_is_another() -> None:
    given(*TWO).when(roll_back(2)).nothing()
    given(*TWO, revised(FIRST)).when(roll_back(2)).then(published(3, SECOND, rolled_back_to=2))


def test_a_version_is_deprecated_once() -> None:
    given(*TWO).when(deprecate(1)).then(deprecated(1))
    given(*TWO, deprecated(1)).when(deprecate(1)).nothing()


def test_a_deprecated_version_comes_back_under_a_new_number() -> None:
    given(*TWO, deprecated(2)).when(PUBLISH).then(published(3, SECOND))
    given(*TWO, deprecated(2)).when(roll_back(2)).then(published(3, SECOND, rolled_back_to=2))


def test_a_version_nobody_published_is_not_found() -> None:
    given(*TWO).when(roll_back(3)).refused("authoring.version_not_found")
    given(*TWO).when(deprecate(3)).refused("authoring.version_not_found")


def test_a_workflow_nobody_created_is_not_found() -> None:
    for command in (revise(FIRST), PUBLISH, roll_back(1), deprecate(1)):
        given().when(command).refused("authoring.workflow_not_found")


def test_the_hash_does_not_depend_on_the_order_of_keys() -> None:
    text = FIRST.model_dump()
    backwards = dict(reversed(text.items()))
    assert content_hash(WorkflowDefinition.model_validate(backwards)) == content_hash(FIRST)
    assert content_hash(FIRST) != content_hash(SECOND)
