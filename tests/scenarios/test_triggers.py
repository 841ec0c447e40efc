"""Runs that start by themselves, in order and once as well as shuffled and twice."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

import pytest

from bus import work
from bus.reconciler import ACTOR, NOT_STARTED
from bus.start_answers import why_refused
from contexts.authoring.firing import MAX_DEPTH
from schemas.authoring.commands import (
    DisableTrigger,
    EnableTrigger,
    PublishWorkflow,
    RefuseDelivery,
    ReviseWorkflow,
)
from schemas.authoring.events import DeliveryRefused, TicksSkipped, TriggerFired, TriggerMisfired
from schemas.authoring.parts import InputSpec
from schemas.authoring.triggers import TriggerDefinition, run_of
from schemas.base import Event
from schemas.envelope import Actor
from schemas.execution.commands import CancelExecution
from schemas.execution.events import ExecutionRefused, ExecutionStarted
from schemas.tenancy.commands import SuspendTenant
from tests.support.builders import NOW, PARTNER_ID, TENANT_ID, WORKFLOW_ID, noop, partner_admin, workflow
from tests.support.harness import Harness
from tests.support.story import RUN_ID, accept, given_tenant, given_workflow, names, start, tenant_admin
from tests.support.triggers import (
    OTHER_WORKFLOW,
    TRIGGER,
    TRIGGER_ID,
    after_run,
    call,
    create,
    cron,
    utc,
    webhook,
)

REPORT = workflow(noop("work"), inputs={"when": InputSpec()}, output="At {{ inputs.when }}")
WHEN = {"when": "{{ inputs.time }}"}
DAY = timedelta(days=1).total_seconds()
RECONCILER = ACTOR.model_copy(update={"tenant_id": TENANT_ID, "partner_id": PARTNER_ID})
HOOKS = Actor(kind="system", id="hooks", tenant_id=TENANT_ID, partner_id=PARTNER_ID)


@pytest.fixture(params=[None, *range(6)])
def h(request: pytest.FixtureRequest) -> Harness:
    return Harness(request.param)


def given_trigger(h: Harness, definition: TriggerDefinition) -> None:
    given_tenant(h)
    given_workflow(h, REPORT)
    accept(h.submit(create(definition), as_=tenant_admin()))
    h.run()


def fired(h: Harness) -> list[str]:
    return [event.occurrence for event in h.events(TRIGGER) if isinstance(event, TriggerFired)]


def runs(h: Harness) -> list[Sequence[Event]]:
    """Every run's events, in the order of what triggered them."""
    found = [h.events(stream) for stream in h.streams("execution")]
    return sorted(found, key=lambda events: occurrence(events[0]))


def occurrence(event: Event) -> str:
    """Of a run that was started with that as its input."""
    assert isinstance(event, ExecutionStarted)
    return str(event.inputs["when"])


def test_a_nightly_report_over_a_week_in_which_the_clock_changes(h: Harness) -> None:
    h.clock.now = utc(2026, 10, 21, 12)
    given_trigger(h, cron("30 2 * * *", timezone="Europe/Berlin", inputs=WHEN))
    h.advance(7 * DAY)
    nights = [f"2026-10-{day}T00:30:00" for day in (22, 23, 24, 25)]
    nights += [f"2026-10-{day}T01:30:00" for day in (26, 27, 28)]
    assert fired(h) == [f"{night}Z" for night in nights]
    assert [occurrence(events[0]) for events in runs(h)] == [f"{night}+00:00" for night in nights]
    assert all(names(list(events)).count("started") == 1 for events in runs(h))
    assert {names(list(events))[-1] for events in runs(h)} == {"succeeded"}
    assert h.timers.next_due() == utc(2026, 10, 29, 1, 30)


@pytest.mark.parametrize(
    ("catch_up", "made_up", "skipped"), [("skip", [], 3), ("one", [18], 2), ("all", [16, 17, 18], 0)]
)
def test_after_three_nights_without_a_machine(
    h: Harness, catch_up: str, made_up: list[int], skipped: int
) -> None:
    given_trigger(h, cron(catch_up=catch_up, inputs=WHEN))
    h.clock.now = utc(2026, 9, 18, 8)
    h.advance(0)
    assert fired(h) == [f"2026-09-{day}T02:00:00Z" for day in made_up]
    assert sum(e.count for e in h.events(TRIGGER) if isinstance(e, TicksSkipped)) == skipped
    h.advance(DAY)
    assert fired(h)[-1] == "2026-09-19T02:00:00Z"
    assert len(runs(h)) == len(made_up) + 1


def test_a_disabled_trigger_has_no_timer_until_it_is_enabled(h: Harness) -> None:
    given_trigger(h, cron(inputs=WHEN))
    accept(h.submit(DisableTrigger(trigger_id=TRIGGER_ID), as_=tenant_admin()))
    h.advance(2 * DAY)
    assert (fired(h), h.timers.next_due()) == ([], None)
    accept(h.submit(EnableTrigger(trigger_id=TRIGGER_ID), as_=tenant_admin()))
    h.advance(DAY)
    assert fired(h) == ["2026-09-18T02:00:00Z"]


def test_a_call_from_outside_starts_one_run(h: Harness) -> None:
    given_trigger(h, webhook(inputs={"when": "{{ inputs.payload.at }}"}))
    first = accept(h.submit(call({"at": "noon"}), as_=HOOKS))
    again = h.submit(call({"at": "noon"}, at=NOW + timedelta(seconds=1)), as_=HOOKS)
    assert again.refusal is not None and again.refusal.code == "conflict.delivery_taken"
    h.run()
    [run] = runs(h)
    assert names(list(run))[-1] == "succeeded"
    assert isinstance(run[0], ExecutionStarted) and first.status == "accepted"


def test_a_user_cannot_pretend_to_be_the_clock(h: Harness) -> None:
    given_trigger(h, webhook(inputs={"when": "x"}))
    refused = h.submit(call(), as_=tenant_admin())
    assert refused.refusal is not None and refused.refusal.code == "access.denied"


def given_followed(h: Harness) -> None:
    """Runs of another workflow, whose ends start the report."""
    given_tenant(h)
    given_workflow(h, REPORT)
    given_workflow(h, workflow(noop("work"), output="Monday"), OTHER_WORKFLOW)
    accept(h.submit(create(after_run(inputs={"when": "{{ inputs.output }}"})), as_=tenant_admin()))


def switch(h: Harness, *commands: type[EnableTrigger | DisableTrigger]) -> None:
    for command in commands:
        accept(h.submit(command(trigger_id=TRIGGER_ID), as_=tenant_admin()))
    h.run()


def test_the_end_of_one_run_starts_another(h: Harness) -> None:
    given_followed(h)
    switch(h, DisableTrigger, EnableTrigger, DisableTrigger, EnableTrigger)
    accept(h.submit(start(source_id=OTHER_WORKFLOW), as_=tenant_admin()))
    h.run()
    assert fired(h) == [str(RUN_ID)]
    first, *rest = h.events(f"execution-{run_of(TRIGGER_ID, str(RUN_ID))}")
    assert isinstance(first, ExecutionStarted)
    assert (first.inputs, first.source.id) == ({"when": "Monday"}, WORKFLOW_ID)
    assert names(rest)[-1] == "succeeded"


def test_who_stopped_waiting_is_not_told(h: Harness) -> None:
    given_followed(h)
    switch(h, DisableTrigger)
    accept(h.submit(start(source_id=OTHER_WORKFLOW), as_=tenant_admin()))
    h.run()
    assert fired(h) == []


def test_two_workflows_that_start_each_other_come_to_an_end(h: Harness) -> None:
    given_followed(h)
    back = create(after_run(workflow_id=WORKFLOW_ID), trigger_id=UUID(int=202), workflow_id=OTHER_WORKFLOW)
    accept(h.submit(back, as_=tenant_admin()))
    h.run()
    accept(h.submit(start(source_id=OTHER_WORKFLOW), as_=tenant_admin()))
    h.run()
    assert len(h.streams("execution")) == 1 + MAX_DEPTH
    events = [event for stream in h.streams("trigger") for event in h.events(stream)]
    [misfired] = [event for event in events if isinstance(event, TriggerMisfired)]
    assert misfired.problem.code == "authoring.trigger_chain_too_long"


def test_a_suspended_tenants_clock_goes_on_without_runs(h: Harness) -> None:
    given_trigger(h, cron(inputs=WHEN))
    accept(h.submit(SuspendTenant(tenant_id=TENANT_ID, reason="unpaid"), as_=partner_admin()))
    h.advance(2 * DAY)
    assert len(fired(h)) == 2
    refusals = [event for events in runs_refused(h) for event in events]
    assert [event.trigger.occurrence for event in refusals] == fired(h)
    assert {event.problem.code for event in refusals} == {"tenancy.tenant_suspended"}


@pytest.mark.parametrize("definition", [webhook(), after_run(), cron()])
def test_a_run_whose_inputs_do_not_fit_is_refused_where_people_see_it(
    h: Harness, definition: TriggerDefinition
) -> None:
    """The workflow got an input after the trigger was set up."""
    given_tenant(h)
    given_workflow(h, workflow(noop("work"), output="x"))
    given_workflow(h, workflow(noop("work"), output="Monday"), OTHER_WORKFLOW)
    accept(h.submit(create(definition), as_=tenant_admin()))
    accept(h.submit(ReviseWorkflow(workflow_id=WORKFLOW_ID, definition=REPORT), as_=tenant_admin()))
    accept(h.submit(PublishWorkflow(workflow_id=WORKFLOW_ID), as_=tenant_admin()))
    h.run()
    occur(h, definition)
    [[refused]] = runs_refused(h)
    assert refused.execution_id == run_of(TRIGGER_ID, fired(h)[0])
    assert refused.problem.code == "execution.invalid_inputs"
    assert "when" in refused.problem.message
    cancelled = h.submit(CancelExecution(execution_id=refused.execution_id), as_=tenant_admin())
    assert cancelled.refusal is not None and cancelled.refusal.code == "execution.not_found"


def test_a_start_too_large_to_record_is_refused_with_what_it_was_answered(
    h: Harness, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody hears the answer, so it is looked up."""
    given_trigger(h, webhook(inputs=WHEN))
    accept(h.submit(call(), as_=HOOKS))
    with monkeypatch.context() as patched:
        patched.setattr(work, "MAX_EVENT_BYTES", 1)
        h.run()
    [position] = [row.position for row in h.store.after(0, 1_000) if row.type == TriggerFired.type_name]
    problem = why_refused(h.store, position)
    assert problem is not None and problem.code == "event.too_large"
    refuse = RefuseDelivery(trigger_id=TRIGGER_ID, occurrence=fired(h)[0], problem=problem)
    accept(h.submit(refuse, as_=RECONCILER))
    assert [e.problem for e in h.events(TRIGGER) if isinstance(e, DeliveryRefused)] == [problem]


def test_what_has_a_run_is_not_refused(h: Harness) -> None:
    given_trigger(h, webhook(inputs=WHEN))
    accept(h.submit(call(), as_=HOOKS))
    h.run()
    [position] = [row.position for row in h.store.after(0, 1_000) if row.type == TriggerFired.type_name]
    assert why_refused(h.store, position) is None
    late = RefuseDelivery(trigger_id=TRIGGER_ID, occurrence=fired(h)[0], problem=NOT_STARTED)
    accept(h.submit(late, as_=RECONCILER))
    assert not any(isinstance(event, DeliveryRefused) for event in h.events(TRIGGER))


def occur(h: Harness, definition: TriggerDefinition) -> None:
    match definition.type:
        case "cron":
            h.advance(DAY)
        case "webhook":
            accept(h.submit(call(), as_=HOOKS))
        case "run":
            accept(h.submit(start(source_id=OTHER_WORKFLOW), as_=tenant_admin()))
    h.run()


def runs_refused(h: Harness) -> list[list[ExecutionRefused]]:
    found = [h.events(stream) for stream in h.streams("execution")]
    refused = [[event for event in events if isinstance(event, ExecutionRefused)] for events in found]
    return sorted((events for events in refused if events), key=lambda events: events[0].trigger.occurrence)
