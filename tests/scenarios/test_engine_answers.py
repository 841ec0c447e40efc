"""Model calls that go wrong: repaired, asked of another model, given up."""

from decimal import Decimal

from schemas.authoring.parts import RetryPolicy
from schemas.billing.commands import SetSystemRate
from schemas.execution import events as e
from schemas.execution.commands import PauseExecution, ResumeExecution
from schemas.tenancy.commands import ReinstateTenant, SuspendTenant
from tests.support.builders import MODEL, TENANT_ID, app_admin, llm, partner_admin, workflow
from tests.support.engine import Engine
from tests.support.llm_script import Behaviour
from tests.support.money import RATES
from tests.support.story import RUN, RUN_ID, accept, tenant_admin

OTHER_MODEL = "local/other"
SCHEMA = {"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"]}
ANSWER = "{{ steps.answer.output }}"
BROKEN, CHATTER = Behaviour(status=500), Behaviour(text="Let me think.")


def test_an_answer_that_does_not_fit_is_asked_for_again(engine: Engine) -> None:
    engine.chat.script(MODEL, CHATTER, Behaviour(text='```json\n{"n": 3}\n```'))
    engine.begin(workflow(llm(output_schema=SCHEMA), output=ANSWER))
    assert engine.output() == {"n": 3}
    assert "Answer again" in engine.chat.calls[1].messages[-1].content
    assert {call.model for call in engine.chat.calls} == {MODEL}


def test_an_answer_that_never_fits_fails_clearly(engine: Engine) -> None:
    engine.chat.script(MODEL, CHATTER)
    engine.begin(workflow(llm(output_schema=SCHEMA, repairs=1, fallback_models=(OTHER_MODEL,))))
    assert engine.failure() == "execution.answer_unfit"
    assert len(engine.chat.calls) == 2


def test_a_pause_gives_no_answer_more_than_allowed(engine: Engine) -> None:
    engine.chat.script(MODEL, CHATTER)
    engine.down.add("effects-execution")
    engine.begin(workflow(llm(output_schema=SCHEMA, repairs=0)))
    accept(engine.submit(PauseExecution(execution_id=RUN_ID), as_=tenant_admin()))
    engine.down.clear()
    engine.run()
    assert engine.failure() == "execution.answer_unfit"
    assert len(engine.chat.calls) == 1


def test_another_model_is_asked_when_one_failed(engine: Engine) -> None:
    accept(engine.submit(SetSystemRate(model=OTHER_MODEL, rates=RATES), as_=app_admin()))
    engine.chat.script(MODEL, BROKEN)
    engine.begin(workflow(llm(fallback_models=(OTHER_MODEL,)), output=ANSWER))
    engine.advance(60)
    assert engine.output() == "ok: Say hello."
    assert [call.model for call in engine.chat.calls] == [MODEL, OTHER_MODEL]


def test_a_suspension_costs_no_attempt_and_no_fallback(engine: Engine) -> None:
    once = llm(retry=RetryPolicy(max_attempts=1), fallback_models=(OTHER_MODEL,))
    engine.down.add("policies-billing")
    engine.begin(workflow(once, output=ANSWER))
    accept(engine.submit(SuspendTenant(tenant_id=TENANT_ID, reason="unpaid"), as_=partner_admin()))
    engine.down.clear()
    engine.run()
    assert engine.state(RUN).status == "paused"
    accept(engine.submit(ReinstateTenant(tenant_id=TENANT_ID, reason="paid"), as_=partner_admin()))
    accept(engine.submit(ResumeExecution(execution_id=RUN_ID), as_=tenant_admin()))
    engine.advance(60)
    assert engine.output() == "ok: Say hello."
    assert [call.model for call in engine.chat.calls] == [MODEL]


def test_a_step_that_has_cost_enough_is_not_tried_again(engine: Engine) -> None:
    engine.chat.script(MODEL, CHATTER)
    dear = RetryPolicy(max_attempts=9, on=("invalid_output",), max_cost=Decimal("0.0001"))
    engine.begin(workflow(llm(output_schema=SCHEMA, repairs=0, retry=dear)))
    engine.advance(600)
    assert engine.failure() == "execution.answer_unfit"
    assert len(engine.chat.calls) == 1


def test_a_run_that_has_spent_of_its_ceiling_asks_no_more_than_fits_in_what_is_left(engine: Engine) -> None:
    """The ceiling is the most that one of the two calls can cost."""
    other = Engine()
    other.begin(workflow(llm("first"), max_cost=Decimal(1)))
    ceiling = other.all(e.CallRequested)[0].reserved
    engine.begin(workflow(llm("first"), llm("second"), edges=[("first", "second")], max_cost=ceiling))
    assert engine.failure() == "execution.cost_ceiling"
    assert len(engine.chat.calls) == 1
    assert 0 < engine.end().spent <= ceiling  # type: ignore[attr-defined]


def test_only_the_classes_a_policy_names_are_tried_again(engine: Engine) -> None:
    engine.chat.script(MODEL, CHATTER)
    picky = RetryPolicy(max_attempts=3, on=("invalid_output",))
    engine.begin(workflow(llm(output_schema=SCHEMA, repairs=0, retry=picky)))
    engine.advance(60)
    assert len(engine.chat.calls) == 3
    other = Engine()
    other.chat.script(MODEL, Behaviour(status=401))
    other.begin(workflow(llm(retry=picky)))
    other.advance(60)
    assert (other.failure(), len(other.chat.calls)) == ("provider.unauthorized", 1)
