"""Who runs now, who waits, and who is next."""

from uuid import UUID

import pytest

from contexts.execution.admission import Limits
from infra.eventstore.mapper import recorded
from schemas.authoring.commands import CreateWorkflow, PublishWorkflow
from schemas.authoring.nodes import WaitNode
from schemas.base import Event, TenantId
from schemas.execution import events as e
from schemas.execution.commands import (
    CancelExecution,
    DeliverSignal,
    ForkExecution,
    PauseExecution,
    ResumeExecution,
)
from schemas.execution.types import ForkRef, QueueReason
from schemas.tenancy.commands import ReinstateTenant, SetTenantLimits, SuspendTenant
from schemas.tenancy.types import TENANT_SUSPENDED
from tests.support.builders import (
    TENANT_ID,
    WORKFLOW_ID,
    new_user,
    noop,
    partner_admin,
    provision_tenant,
    workflow,
)
from tests.support.harness import STEPS, Harness
from tests.support.story import accept, given_tenant, given_workflow, names, start, tenant_admin

WORKERS = "effects-execution"
OTHER = TenantId(UUID(int=51))
OTHERS_WORKFLOW = UUID(int=53)
WAITS = workflow(WaitNode(type="wait", id="hold", event="go"))


def harness(seed: int | None = None, tenant: int = 50, platform: int = 1000) -> Harness:
    """With a tenant and a workflow; no worker runs, so what was begun stays under way."""
    h = Harness(seed, Limits(tenant, partner=1000, platform=platform))
    given_tenant(h)
    given_workflow(h, workflow(noop("step")))
    h.down.add(WORKERS)
    return h


def work(h: Harness) -> None:
    h.down.discard(WORKERS)
    h.run()


def begin(h: Harness, *numbers: int, tenant_id: TenantId = TENANT_ID, priority: int = 5) -> None:
    source = WORKFLOW_ID if tenant_id == TENANT_ID else OTHERS_WORKFLOW
    for number in numbers:
        wish = start(execution_id=UUID(int=number), source_id=source, priority=priority)
        accept(h.submit(wish, as_=tenant_admin(tenant_id)))
    h.run()


def given_other_tenant(h: Harness) -> None:
    eve = new_user(user_id=UUID(int=52), email="eve@example.com")
    accept(h.submit(provision_tenant(tenant_id=OTHER, subdomain="other", owner=eve), as_=partner_admin()))
    h.run()
    theirs = CreateWorkflow(workflow_id=OTHERS_WORKFLOW, name="Theirs", definition=workflow(noop("step")))
    for command in (theirs, PublishWorkflow(workflow_id=OTHERS_WORKFLOW)):
        accept(h.submit(command, as_=tenant_admin(OTHER)))


def of(h: Harness, number: int) -> list[Event]:
    return h.events(f"execution-{UUID(int=number)}")


def status(h: Harness, number: int) -> str:
    found: str = h.state(f"execution-{UUID(int=number)}").status
    return found


def all_events(h: Harness) -> list[Event]:
    rows = h.store.after(0, STEPS)
    return [recorded(row).event for row in rows if row.stream.startswith("execution-")]


def order(h: Harness) -> list[int]:
    """Runs in the order in which they began."""
    return [event.execution_id.int for event in all_events(h) if isinstance(event, e.ExecutionStarted)]


def most_at_once(h: Harness) -> int:
    running, most = set[UUID](), 0
    for event in all_events(h):
        if isinstance(event, e.ExecutionStarted):
            running.add(event.execution_id)
        elif isinstance(event, e.ExecutionSucceeded):
            running.discard(event.execution_id)
        most = max(most, len(running))
    return most


def test_a_run_with_a_free_place_begins_in_the_decision_of_its_start() -> None:
    h = harness()
    accept(h.submit(start(execution_id=UUID(int=100)), as_=tenant_admin()))
    assert names(of(h, 100)) == ["started", "step_scheduled"]


@pytest.mark.parametrize("seed", [None, 1, 2, 3])
def test_of_five_runs_two_go_at_a_time_and_all_end(seed: int | None) -> None:
    h = harness(seed, tenant=2)
    begin(h, *range(100, 105))
    assert [status(h, n) for n in range(100, 105)] == ["running"] * 2 + ["queued"] * 3
    [queued] = of(h, 104)
    assert isinstance(queued, e.ExecutionQueued)
    assert queued.reason == QueueReason(scope="tenant", limit=2, running=2)
    work(h)
    assert [status(h, n) for n in range(100, 105)] == ["succeeded"] * 5
    assert most_at_once(h) == 2


def test_priority_goes_before_age() -> None:
    h = harness(tenant=1)
    begin(h, 100)
    for number, priority in ((101, 5), (102, 9), (103, 0), (104, 5)):
        begin(h, number, priority=priority)
    work(h)
    assert order(h) == [100, 103, 101, 104, 102]


def test_a_crowd_of_one_tenant_does_not_delay_anothers_first_run() -> None:
    h = harness(platform=1)
    given_other_tenant(h)
    begin(h, *range(100, 140))
    begin(h, 200, tenant_id=OTHER)
    work(h)
    assert order(h).index(200) <= 1 + 8
    assert most_at_once(h) == 1
    assert len(order(h)) == 41


def test_a_new_run_does_not_overtake_those_that_wait() -> None:
    h = harness(tenant=1)
    begin(h, 100, 101)
    h.down.discard(WORKERS)
    while status(h, 100) != "succeeded":
        h.step()
    accept(h.submit(start(execution_id=UUID(int=102)), as_=tenant_admin()))
    h.run()
    assert order(h) == [100, 101, 102]


def test_a_run_that_only_waits_gives_its_place_to_another() -> None:
    h = Harness(limits=Limits(1, 1000, 1000))
    given_tenant(h)
    given_workflow(h, WAITS)
    begin(h, 100, 101, 102)
    assert [status(h, n) for n in (100, 101, 102)] == ["running"] * 3
    assert all("parked" in names(of(h, n)) for n in (100, 101, 102))
    for n in (100, 101, 102):
        accept(h.submit(DeliverSignal(execution_id=UUID(int=n), name="go"), as_=tenant_admin()))
    h.run()
    assert [status(h, n) for n in (100, 101, 102)] == ["succeeded"] * 3


def test_a_paused_run_gives_its_place_to_another_and_takes_one_when_it_goes_on() -> None:
    h = harness(tenant=1)
    begin(h, 100, 101, 102)
    accept(h.submit(PauseExecution(execution_id=UUID(int=100)), as_=tenant_admin()))
    h.run()
    assert [status(h, n) for n in (100, 101, 102)] == ["paused", "running", "queued"]
    accept(h.submit(ResumeExecution(execution_id=UUID(int=100)), as_=tenant_admin()))
    work(h)
    assert [status(h, n) for n in (100, 101, 102)] == ["succeeded"] * 3


@pytest.mark.parametrize("seed", [None, 1, 2, 3])
def test_a_fork_waits_for_its_turn_and_then_reuses_what_was_done(seed: int | None) -> None:
    h = Harness(seed, Limits(1, 1000, 1000))
    given_tenant(h)
    given_workflow(h, workflow(noop("first"), noop("second"), edges=[("first", "second")]))
    begin(h, 100)
    h.down.add(WORKERS)
    begin(h, 101)
    forking = ForkExecution(
        execution_id=UUID(int=102),
        fork=ForkRef(execution_id=UUID(int=100), from_node="second"),
        source=h.state(f"execution-{UUID(int=100)}").source,
    )
    accept(h.submit(forking, as_=tenant_admin()))
    [queued] = of(h, 102)
    assert isinstance(queued, e.ExecutionQueued) and queued.fork == forking.fork
    assert queued.reason == QueueReason(scope="tenant", limit=1, running=1)
    work(h)
    done = [event for event in of(h, 102) if isinstance(event, e.StepSucceeded)]
    assert [(step.node, step.reused_from) for step in done] == [("first", UUID(int=100)), ("second", None)]
    assert order(h) == [100, 101, 102] and most_at_once(h) == 1


def test_a_queued_run_that_is_cancelled_is_not_begun() -> None:
    h = harness(tenant=1)
    begin(h, 100, 101, 102)
    accept(h.submit(CancelExecution(execution_id=UUID(int=101)), as_=tenant_admin()))
    work(h)
    assert names(of(h, 101)) == ["queued", "cancelled"]
    assert order(h) == [100, 102]


def test_queued_runs_of_a_suspended_tenant_wait_until_it_is_reinstated() -> None:
    h = harness(tenant=1)
    begin(h, 100, 101)
    accept(h.submit(SuspendTenant(tenant_id=TENANT_ID, reason="unpaid"), as_=partner_admin()))
    accept(h.submit(CancelExecution(execution_id=UUID(int=100)), as_=tenant_admin()))
    work(h)
    assert status(h, 101) == "queued"
    accept(h.submit(ReinstateTenant(tenant_id=TENANT_ID, reason="paid"), as_=partner_admin()))
    h.run()
    assert status(h, 101) == "succeeded"


def test_a_run_refused_because_of_a_suspension_not_heard_of_yet_is_begun_after_it() -> None:
    h = harness(tenant=1)
    begin(h, 100, 101)
    accept(h.submit(CancelExecution(execution_id=UUID(int=100)), as_=tenant_admin()))
    h.step()
    accept(h.submit(SuspendTenant(tenant_id=TENANT_ID, reason="unpaid"), as_=partner_admin()))
    h.run()
    assert status(h, 101) == "queued"
    assert h.refused == [TENANT_SUSPENDED]
    accept(h.submit(ReinstateTenant(tenant_id=TENANT_ID, reason="paid"), as_=partner_admin()))
    work(h)
    assert status(h, 101) == "succeeded"


def test_a_tenants_own_limit_goes_before_the_platforms() -> None:
    h = harness(tenant=50)
    accept(h.submit(SetTenantLimits(tenant_id=TENANT_ID, max_runs=1), as_=partner_admin()))
    begin(h, 100, 101, 102)
    assert [status(h, n) for n in (100, 101, 102)] == ["running", "queued", "queued"]
    accept(h.submit(SetTenantLimits(tenant_id=TENANT_ID, max_runs=None), as_=partner_admin()))
    h.run()
    assert [status(h, n) for n in (100, 101, 102)] == ["running"] * 3
