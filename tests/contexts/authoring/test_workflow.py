from contexts.authoring.facts import AuthoringFacts
from contexts.authoring.registry import REGISTRY
from contexts.authoring.workflow import WorkflowEvent
from contexts.hashes import content_hash
from schemas.authoring.commands import CreateWorkflow, PublishWorkflow, ReviseWorkflow
from schemas.authoring.definition import Release, WorkflowDefinition
from schemas.authoring.events import WorkflowCreated, WorkflowPublished, WorkflowRevised
from tests.support.builders import MODEL, WORKFLOW_ID, llm, noop, workflow
from tests.support.spec import Given, Spec

FACTS = AuthoringFacts(known_models=frozenset({MODEL}))
FIRST, SECOND = workflow(noop("a")), workflow(noop("a"), noop("b"))
BROKEN = workflow(llm("a", model="acme/gpt", prompt="{{"))
PUBLISH = PublishWorkflow(workflow_id=WORKFLOW_ID)


def given(*events: WorkflowEvent) -> Given:
    return Spec(REGISTRY).given(*events).knowing(FACTS)


def create(definition: WorkflowDefinition) -> CreateWorkflow:
    return CreateWorkflow(workflow_id=WORKFLOW_ID, name="Letters", definition=definition)


def revise(definition: WorkflowDefinition) -> ReviseWorkflow:
    return ReviseWorkflow(workflow_id=WORKFLOW_ID, definition=definition)


def created(definition: WorkflowDefinition) -> WorkflowCreated:
    return WorkflowCreated(workflow_id=WORKFLOW_ID, name="Letters", definition=definition)


def revised(definition: WorkflowDefinition) -> WorkflowRevised:
    return WorkflowRevised(workflow_id=WORKFLOW_ID, definition=definition)


def published(number: int, definition: WorkflowDefinition) -> WorkflowPublished:
    return WorkflowPublished(
        workflow_id=WORKFLOW_ID,
        number=number,
        hash=content_hash(Release(definition=definition)),
        release=Release(definition=definition),
    )


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


def test_a_workflow_nobody_created_is_not_found() -> None:
    given().when(revise(FIRST)).refused("authoring.workflow_not_found")
    given().when(PUBLISH).refused("authoring.workflow_not_found")


def test_the_hash_does_not_depend_on_the_order_of_keys() -> None:
    text = FIRST.model_dump()
    backwards = dict(reversed(text.items()))
    assert content_hash(WorkflowDefinition.model_validate(backwards)) == content_hash(FIRST)
    assert content_hash(FIRST) != content_hash(SECOND)
