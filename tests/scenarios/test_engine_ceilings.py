"""What a run may spend, however much of it goes on side by side."""

from decimal import Decimal

import pytest

from schemas.authoring.definition import WorkflowDefinition
from schemas.authoring.parts import RetryPolicy
from schemas.execution import events as e
from schemas.execution.commands import PauseExecution, ResumeExecution
from tests.support.builders import MODEL, llm, workflow
from tests.support.engine import Engine
from tests.support.llm_script import Behaviour
from tests.support.nodes import CHILD_ID, below, body, each, helper
from tests.support.story import LONG, RUN, RUN_ID, accept, ends, ledger, tenant_admin

ENDED = (e.CallCompleted, e.CallFailed)
WORKERS = "effects-execution"
BESIDE = workflow(llm("one"), llm("two"), output="{{ steps.one.output }} {{ steps.two.output }}")
ASKS = workflow(llm(), output="{{ steps.answer.output }}")


def most(node: str = "answer") -> Decimal:
    """What one call of these workflows can cost."""
    engine = Engine()
    engine.begin(workflow(llm(node)), max_cost=Decimal(1))
    [asked] = engine.all(e.CallRequested)
    return asked.reserved


MOST = most()


def limited(definition: WorkflowDefinition, calls: str) -> WorkflowDefinition:
    """A ceiling of so many calls' worth."""
    return definition.model_copy(update={"max_cost": round(MOST * Decimal(calls), 12)})


def at_once(engine: Engine) -> int:
    """Most calls under way at a time."""
    under_way = most = 0
    for event in engine.events(RUN):
        under_way += isinstance(event, e.CallRequested) - isinstance(event, ENDED)
        most = max(most, under_way)
    return most


def test_what_a_call_reserves_is_what_the_ledger_holds(engine: Engine) -> None:
    engine.down.add(WORKERS)
    engine.begin(limited(BESIDE, "2"))
    assert engine.held == sum((call.reserved for call in engine.all(e.CallRequested)), Decimal(0)) == 2 * MOST


def test_a_call_for_which_too_little_is_free_waits_until_what_was_reserved_is_back(engine: Engine) -> None:
    engine.begin(limited(BESIDE, "1.9"))
    assert engine.output() == "ok: Say hello. ok: Say hello."
    [put_off] = engine.all(e.StepPutOff)
    assert (put_off.node, put_off.needed) == ("two", MOST)
    assert put_off.left < MOST
    assert at_once(engine) == 1


def test_where_there_is_room_nothing_waits(engine: Engine) -> None:
    engine.begin(limited(BESIDE, "2"))
    assert engine.all(e.StepPutOff) == [] and at_once(engine) == 2


def test_a_call_that_could_lead_beyond_the_ceiling_is_not_made(engine: Engine) -> None:
    engine.begin(limited(ASKS, "0.99"))
    assert engine.failure() == "execution.cost_ceiling"
    assert engine.chat.calls == []


def test_items_take_turns_under_a_ceiling_and_all_come_to_it(engine: Engine) -> None:
    items = each("each", "[1, 2, 3, 4, 5, 6]", body(llm("say")))
    engine.begin(limited(workflow(items), "2.5"))
    assert isinstance(engine.end(), e.ExecutionSucceeded)
    assert len(engine.chat.calls) == 6 and at_once(engine) == 2


def test_a_retry_waits_for_room_too(engine: Engine) -> None:
    engine.chat.script(MODEL, Behaviour(status=429), Behaviour(text="fine"))
    engine.down.add(WORKERS)
    engine.begin(limited(BESIDE, "1.9"))
    engine.down.clear()
    engine.step()
    engine.down.add(WORKERS)
    engine.advance(60)
    assert [(event.node, event.attempt) for event in engine.all(e.StepPutOff)] == [("two", 1), ("one", 2)]
    engine.down.clear()
    engine.run()
    assert engine.output() == "fine fine" and at_once(engine) == 1


def test_what_waited_in_a_pause_begins_after_it(engine: Engine) -> None:
    engine.down.add(WORKERS)
    engine.begin(limited(BESIDE, "1.9"))
    accept(engine.submit(PauseExecution(execution_id=RUN_ID), as_=tenant_admin()))
    engine.down.clear()
    engine.run()
    assert len(engine.chat.calls) == 1
    accept(engine.submit(ResumeExecution(execution_id=RUN_ID), as_=tenant_admin()))
    engine.run()
    assert isinstance(engine.end(), e.ExecutionSucceeded)


def test_a_subworkflow_takes_what_its_node_says_and_gives_back_what_it_did_not_spend(engine: Engine) -> None:
    two = (below("one", max_cost=MOST), below("two", max_cost=MOST))
    engine.begin(limited(workflow(*two), "1.9"), {CHILD_ID: ASKS})
    assert isinstance(engine.end(), e.ExecutionSucceeded)
    assert [asked.max_cost for asked in engine.all(e.SubworkflowRequested)] == [MOST, MOST]
    assert [event.node for event in engine.all(e.StepPutOff)] == ["two"]


def test_subworkflows_with_a_limit_run_side_by_side(engine: Engine) -> None:
    two = (below("one", max_cost=MOST), below("two", max_cost=MOST))
    engine.begin(limited(workflow(*two), "2"), {CHILD_ID: ASKS})
    assert engine.all(e.StepPutOff) == [] and isinstance(engine.end(), e.ExecutionSucceeded)


def test_one_without_a_limit_takes_all_that_is_left(engine: Engine) -> None:
    engine.begin(limited(workflow(below("one"), below("two")), "3"), {CHILD_ID: ASKS})
    first, second = engine.all(e.SubworkflowRequested)
    spent = engine.state(f"execution-{first.child_id}").spent
    assert first.max_cost == 3 * MOST and second.max_cost == 3 * MOST - spent
    assert isinstance(engine.end(), e.ExecutionSucceeded)


def test_the_limit_of_a_subworkflow_holds_without_one_of_the_run(engine: Engine) -> None:
    engine.begin(workflow(below(max_cost=MOST / 2)), {CHILD_ID: ASKS})
    assert engine.failure() == "execution.subworkflow_failed"
    assert engine.chat.calls == []


def test_an_agent_asks_no_round_that_might_lead_beyond_its_own_ceiling(engine: Engine) -> None:
    engine.chat.script(MODEL, Behaviour(tool_calls=(("lookup", "{}"),)))
    engine.begin(workflow(helper(max_cost=2 * MOST, max_rounds=50)))
    assert engine.failure() == "execution.cost_ceiling"
    assert engine.chat.calls and ledger(engine).posted <= 2 * MOST


def test_agents_side_by_side_wait_for_each_other(engine: Engine) -> None:
    engine.begin(limited(workflow(helper("one"), helper("two")), "1.8"))
    waited = [event.node for event in engine.all(e.StepPutOff)]
    assert isinstance(engine.end(), e.ExecutionSucceeded) and waited == ["two[1]"]


def test_a_call_of_unknown_outcome_counts_with_all_it_may_have_cost(engine: Engine) -> None:
    engine.chat.kill_next = 1
    engine.begin(limited(workflow(llm(retry=RetryPolicy(max_attempts=2))), "1.9"))
    engine.advance(LONG)
    assert engine.failure() == "execution.cost_ceiling"
    assert engine.state(RUN).spent == MOST and len(engine.chat.calls) == 1


def test_what_a_failed_item_left_open_counts_with_all_it_may_still_cost(engine: Engine) -> None:
    engine.chat.script(MODEL, Behaviour(status=401), Behaviour(text="late"))
    engine.down.add(WORKERS)
    items = each("each", "[1]", body(llm("one"), llm("two")), max_failures=1)
    engine.begin(limited(workflow(items), "5"))
    engine.down.clear()
    engine.step()
    engine.down.add(WORKERS)
    engine.run()
    assert engine.state(RUN).spent == MOST
    engine.down.clear()
    engine.run()
    assert ends(engine)[-2:] == [(1, "call_settled"), (1, "call_unknown")]
    assert 0 < ledger(engine).posted <= engine.state(RUN).spent


def test_a_child_that_is_given_up_counts_with_all_it_was_given(engine: Engine) -> None:
    engine.down.add(WORKERS)
    once = below("slow", max_cost=MOST, timeout_seconds=60)
    engine.begin(limited(workflow(each("each", "[1]", body(once), max_failures=1)), "3"), {CHILD_ID: ASKS})
    engine.advance(600)
    assert engine.state(RUN).spent == MOST


@pytest.mark.parametrize("max_cost", [None, Decimal(1)])
def test_only_what_is_limited_reserves(engine: Engine, max_cost: Decimal | None) -> None:
    engine.begin(ASKS, max_cost=max_cost)
    [asked] = engine.all(e.CallRequested)
    assert bool(asked.reserved) == (max_cost is not None)
