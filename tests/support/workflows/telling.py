"""Tells a story to its end: starts the runs, disturbs them, answers, and lets the time pass."""

from contexts.execution.state import Execution
from schemas.execution.commands import CancelExecution, PauseExecution, ResumeExecution, StartExecution
from schemas.tenancy.commands import ReinstateTenant, SuspendTenant
from tests.support.builders import TENANT_ID, partner_admin
from tests.support.story import accept
from tests.support.workflows.people import People, executions, user
from tests.support.workflows.watching import waits_have_an_end
from tests.support.workflows.world import RUNS, TENANTS, World, root_workflow

MANY = 2_000
EFFECTS = "effects-execution"


class Telling:
    """Only the run of the first tenant is disturbed; that of the other must not notice."""

    def __init__(self, world: World) -> None:
        self.world, self.people = world, People(world)
        self.cancelled = False
        """Whether the disturbed run was cancelled before it had ended."""

    def tell(self) -> None:
        for key, id_ in RUNS.items():
            start = StartExecution(
                execution_id=id_, source_kind="workflow", source_id=root_workflow(key), inputs={"key": key}
            )
            accept(self.world.submit(start, as_=user("owner", TENANTS[key])))
        self.people.early()
        self.disturb()
        for _ in range(MANY):
            self.world.run()
            if all(execution.ended for execution in executions(self.world)):
                return self.rest()
            assert list(waits_have_an_end(self.world)) == []
            if not self.people.act() and not self.world.tick():
                raise AssertionError(f"stuck: {executions(self.world)}")
        raise AssertionError("goes on for ever")

    def disturb(self) -> None:
        disturbance = self.world.story.disturbance
        for _ in range(disturbance.after):
            if not self.world.step() and not self.people.act() and not self.world.tick():
                break
        getattr(self, disturbance.kind)()

    def none(self) -> None:
        """Nothing happens."""

    def cancel(self) -> None:
        self.cancelled = not self.first.ended
        self.do(CancelExecution(execution_id=RUNS["A:"], reason="enough"))

    def pause(self) -> None:
        if self.first.ended:
            return
        self.do(PauseExecution(execution_id=RUNS["A:"]))
        self.world.run()
        assert self.first.ended or self.first.status == "paused"
        self.resume()

    def suspend(self) -> None:
        accept(self.world.submit(SuspendTenant(tenant_id=TENANT_ID, reason="unpaid"), as_=partner_admin()))
        self.world.run()
        accept(self.world.submit(ReinstateTenant(tenant_id=TENANT_ID, reason="paid"), as_=partner_admin()))
        self.resume()

    def resume(self) -> None:
        for execution in executions(self.world):
            if execution.status == "paused":
                self.do(ResumeExecution(execution_id=execution.execution_id))

    def worker_down(self) -> None:
        self.world.down.add(EFFECTS)
        self.world.run()
        self.world.down.clear()

    def rest(self) -> None:
        """Until no timer is left: what can still come to an end by itself, does."""
        for _ in range(MANY):
            self.world.run()
            if not self.world.tick():
                return
        raise AssertionError("timers for ever")

    @property
    def first(self) -> Execution:
        found: Execution = self.world.state(f"execution-{RUNS['A:']}")
        return found

    def do(self, command: CancelExecution | PauseExecution | ResumeExecution) -> None:
        accept(self.world.submit(command, as_=user("owner", TENANT_ID)))
