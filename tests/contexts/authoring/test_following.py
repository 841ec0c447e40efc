from collections.abc import Mapping
from functools import reduce
from uuid import UUID

from contexts.authoring.following import MAX_FOLLOWERS
from contexts.authoring.registry import REGISTRY
from contexts.authoring.workflow import WORKFLOW, Workflow
from schemas.authoring import events as e
from schemas.authoring.commands import FireTrigger, FollowWorkflow, UnfollowWorkflow
from schemas.authoring.triggers import Follow
from schemas.base import Event
from schemas.execution.events import ExecutionFailed, ExecutionSucceeded
from schemas.execution.types import ParentRef, StepError
from tests.support.builders import NOW, workflow
from tests.support.spec import Spec
from tests.support.triggers import OTHER_WORKFLOW, TRIGGER_ID, after_run, created, webhook

authoring = Spec(REGISTRY)
RUN = UUID(int=300)
CREATED = e.WorkflowCreated(workflow_id=OTHER_WORKFLOW, name="Letters", definition=workflow())


def follow(mark: int, on: str = "succeeded", trigger: UUID = TRIGGER_ID) -> FollowWorkflow:
    return FollowWorkflow(workflow_id=OTHER_WORKFLOW, trigger_id=trigger, on=on, mark=mark)


def unfollow(mark: int) -> UnfollowWorkflow:
    return UnfollowWorkflow(workflow_id=OTHER_WORKFLOW, trigger_id=TRIGGER_ID, mark=mark)


def followed(mark: int, on: str = "succeeded", trigger: UUID = TRIGGER_ID) -> e.WorkflowFollowed:
    return e.WorkflowFollowed(**dict(follow(mark, on, trigger)))


def unfollowed(mark: int) -> e.WorkflowUnfollowed:
    return e.WorkflowUnfollowed(**dict(unfollow(mark)))


def followers(*events: Event) -> Mapping[UUID, str]:
    state: Workflow | None = reduce(WORKFLOW.evolve, events, None)
    assert state is not None
    return state.followers


def test_a_workflow_knows_who_waits_for_its_runs() -> None:
    authoring.given(CREATED).when(follow(1)).then(followed(1))
    assert followers(CREATED, followed(1), followed(2, "any")) == {TRIGGER_ID: "any"}
    assert followers(CREATED, followed(1), unfollowed(2)) == {}


def test_the_later_order_counts_whichever_comes_first() -> None:
    authoring.given(CREATED, followed(3)).when(unfollow(2)).nothing()
    authoring.given(CREATED, unfollowed(3)).when(follow(2)).nothing()
    authoring.given(CREATED, unfollowed(3)).when(follow(4)).then(followed(4))
    authoring.given(CREATED).when(unfollow(2)).then(unfollowed(2))


def test_followers_are_limited() -> None:
    full = [followed(1, trigger=UUID(int=n)) for n in range(1_000, 1_000 + MAX_FOLLOWERS)]
    given = authoring.given(CREATED, *full)
    given.when(follow(1)).refused("authoring.too_many_followers")
    given.when(follow(2, "any", UUID(int=1_000))).then(followed(2, "any", UUID(int=1_000)))


def test_setting_up_a_trigger_tells_the_workflow() -> None:
    authoring.when(created(after_run(on="any"))).issues(follow(3, "any"))
    authoring.when(created(after_run(), enabled=False)).issues()
    authoring.when(created(webhook())).issues()


def test_changing_a_trigger_tells_the_workflows() -> None:
    fields = dict(created(after_run()))
    authoring.when(e.TriggerRevised(**fields, left=None)).issues(follow(3))
    left = e.TriggerRevised(**{**fields, "definition": webhook()}, left=OTHER_WORKFLOW)
    authoring.when(left).issues(unfollow(3))
    follows = Follow(workflow_id=OTHER_WORKFLOW, on="failed")
    authoring.when(e.TriggerEnabled(trigger_id=TRIGGER_ID, follows=follows)).issues(follow(3, "failed"))
    authoring.when(e.TriggerDisabled(trigger_id=TRIGGER_ID, follows=follows)).issues(unfollow(3))
    authoring.when(e.TriggerDisabled(trigger_id=TRIGGER_ID, follows=None)).issues()


def test_the_end_of_a_run_reaches_who_waits_for_it() -> None:
    end = ExecutionSucceeded(execution_id=RUN, output="text", followers=(TRIGGER_ID,))
    fire = FireTrigger(
        trigger_id=TRIGGER_ID,
        kind="run",
        occurrence=str(RUN),
        payload={"execution_id": str(RUN), "status": "succeeded", "output": "text"},
        at=NOW,
    )
    authoring.when(end).issues(fire)
    authoring.when(ExecutionSucceeded(execution_id=RUN, output="text")).issues()
    above = ParentRef(execution_id=UUID(int=301), node="sub", attempt=1, root_id=UUID(int=301), depth=1)
    authoring.when(end.model_copy(update={"parent": above})).issues()


def test_a_failure_reaches_them_with_its_reason() -> None:
    error = StepError(code="provider.overloaded", message="busy")
    end = ExecutionFailed(execution_id=RUN, error=error, node="a", followers=(TRIGGER_ID,))
    [fire] = authoring.when(end).commands()
    assert isinstance(fire, FireTrigger)
    assert fire.payload == {
        "execution_id": str(RUN),
        "status": "failed",
        "output": None,
        "error": {"code": "provider.overloaded", "message": "busy"},
    }
