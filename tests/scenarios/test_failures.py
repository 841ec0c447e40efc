"""What providers, workers and clocks do to a run, and what its tenant pays for it."""

from datetime import datetime, timedelta
from decimal import Decimal

from contexts.billing.ledger import GRACE
from contexts.execution.starting import RUN_TIMEOUT
from projections.timers.batch import SKEW
from schemas.authoring.parts import RetryPolicy
from schemas.billing.events import CallRefused, CallSettled, CallWrittenOff
from schemas.execution.events import ExecutionFailed, StepRetryPlanned
from tests.support.builders import MODEL, NOW, llm, noop, workflow
from tests.support.harness import Harness
from tests.support.llm_script import Behaviour
from tests.support.story import LEDGER, LONG, RUN, ends, ledger, names, started

ASK = workflow(llm(), output="{{ steps.answer.output }}")
BUSY, BROKEN = Behaviour(status=429), Behaviour(status=500)


def failure(h: Harness) -> ExecutionFailed:
    last = h.events(RUN)[-1]
    assert isinstance(last, ExecutionFailed)
    return last


def retries(h: Harness) -> list[datetime]:
    return [event.due_at for event in h.events(RUN) if isinstance(event, StepRetryPlanned)]


def assert_nothing_held(h: Harness) -> None:
    assert ledger(h).held == 0
    assert not ledger(h).holds


def test_a_call_beyond_the_budget_is_refused_with_the_arithmetic(h: Harness) -> None:
    started(h, ASK, monthly_budget=Decimal("0.001"))
    h.run()
    [refused] = h.events(LEDGER)
    assert isinstance(refused, CallRefused)
    assert (refused.posted, refused.held) == (Decimal(0), Decimal(0))
    assert refused.budget is not None and refused.hold > refused.budget
    error = failure(h).error
    assert error.code == "billing.budget_exceeded"
    assert error.message == f"posted 0 + held 0 + this call {refused.hold} > budget 0.001"
    assert h.chat.calls == []
    assert_nothing_held(h)


def test_a_busy_provider_is_asked_again_later_and_paid_once(h: Harness) -> None:
    h.chat.script(MODEL, BUSY, BUSY, Behaviour())
    started(h, ASK)
    h.run()
    assert names(h.events(RUN))[-1] == "step_retry_planned"
    h.advance(60)
    first, second = (due_at - NOW for due_at in retries(h))
    assert 1 <= first.total_seconds() < 1.2
    assert 2 <= (second - first).total_seconds() < 2.4
    assert names(h.events(RUN))[-1] == "succeeded"
    assert ends(h) == [(1, "call_released"), (2, "call_released"), (3, "call_settled")]
    assert_nothing_held(h)


def test_a_provider_that_says_when_is_not_asked_before(h: Harness) -> None:
    h.chat.script(MODEL, Behaviour(status=429, retry_after="45"), Behaviour())
    started(h, ASK)
    h.advance(44)
    assert len(h.chat.calls) == 1
    h.advance(1)
    assert names(h.events(RUN))[-1] == "succeeded"


def test_a_provider_that_stays_broken_fails_the_run(h: Harness) -> None:
    h.chat.script(MODEL, BROKEN)
    started(h, ASK)
    h.advance(60)
    assert (failure(h).error.code, failure(h).node) == ("provider.overloaded", "answer")
    assert len(h.chat.calls) == 3
    assert ends(h) == [(attempt, "call_released") for attempt in (1, 2, 3)]
    assert ledger(h).posted == 0
    assert_nothing_held(h)


def test_what_cannot_become_better_is_not_tried_again(h: Harness) -> None:
    h.chat.script(MODEL, Behaviour(status=401))
    started(h, ASK)
    h.advance(LONG)
    assert failure(h).error.code == "provider.unauthorized"
    assert ends(h) == [(1, "call_released")]


def test_a_stream_cut_in_the_middle_is_tried_again(h: Harness) -> None:
    h.chat.script(MODEL, Behaviour(text="one two three", cut_after=3), Behaviour(text="all of it"))
    started(h, ASK)
    h.advance(60)
    assert h.state(RUN).steps["answer"].output == "all of it"
    charged = next(event for event in h.events(LEDGER) if isinstance(event, CallSettled))
    assert (charged.usage.output, charged.usage.estimated, charged.degraded) == (2, True, True)
    assert ends(h) == [(1, "call_settled"), (2, "call_settled")]
    assert_nothing_held(h)


def test_a_lost_outcome_is_unknown_then_tried_again_then_written_off(h: Harness) -> None:
    h.chat.kill_next = 1
    started(h, ASK)
    h.run()
    assert ends(h) == [(1, "call_unknown")]
    assert ledger(h).held > 0
    h.advance(60)
    assert names(h.events(RUN))[-1] == "succeeded"
    assert ends(h) == [(1, "call_unknown"), (2, "call_settled")]
    h.advance((GRACE + SKEW).total_seconds())
    assert ends(h) == [(1, "call_unknown"), (1, "call_written_off"), (2, "call_settled")]
    assert [call.messages for call in h.chat.calls] == [h.chat.calls[0].messages] * 2
    assert_nothing_held(h)


def test_a_provider_that_never_answers_may_have_worked(h: Harness) -> None:
    h.chat.script(MODEL, Behaviour(delay_ms=60_000))
    started(h, workflow(llm(timeout_seconds=0.01, retry=RetryPolicy(max_attempts=1))))
    h.run()
    assert failure(h).error.code == "provider.timeout"
    assert ends(h) == [(1, "call_unknown")]
    h.advance(LONG)
    assert isinstance(h.events(LEDGER)[-1], CallWrittenOff)
    assert_nothing_held(h)


def test_a_run_past_its_deadline_ends_and_its_open_calls_are_unknown(h: Harness) -> None:
    h.down.add("effects-execution")
    started(h, ASK.model_copy(update={"timeout_seconds": 60}))
    h.run()
    assert names(h.events(LEDGER)) == ["call_authorized"]
    h.clock.advance(timedelta(seconds=60) + SKEW)
    h.advance(0)
    assert failure(h).error.code == "execution.deadline_passed"
    assert [call.node for call in failure(h).open_calls] == ["answer"]
    assert ends(h) == [(1, "call_unknown")]
    h.advance((GRACE + SKEW).total_seconds())
    assert ends(h) == [(1, "call_unknown"), (1, "call_written_off")]
    assert_nothing_held(h)


def test_a_run_that_waits_for_a_retry_ends_at_its_deadline(h: Harness) -> None:
    patient = RetryPolicy(max_attempts=10, base_seconds=60, cap_seconds=600)
    h.chat.script(MODEL, Behaviour(status=429, retry_after="600"))
    started(h, workflow(llm(retry=patient), noop("aside")))
    h.advance(RUN_TIMEOUT.total_seconds() - 1)
    assert names(h.events(RUN))[-1] == "step_retry_planned"
    h.advance(1 + SKEW.total_seconds())
    assert failure(h).error.code == "execution.deadline_passed"
    h.advance(LONG)
    assert names(h.events(RUN))[-1] == "failed"
    assert h.timers.next_due() is None
    assert_nothing_held(h)


def test_a_call_whose_hold_ran_out_before_it_was_begun_is_not_made(h: Harness) -> None:
    h.down.add("effects-execution")
    started(h, ASK)
    h.run()
    h.clock.advance(timedelta(minutes=8))
    h.down.clear()
    h.advance(60)
    assert len(h.chat.calls) == 1
    assert names(h.events(RUN))[-1] == "succeeded"
    assert ends(h)[-1] == (2, "call_settled")
    assert_nothing_held(h)


def test_nothing_is_called_for_a_run_that_ended_long_ago(h: Harness) -> None:
    h.down.add("effects-execution")
    started(h, ASK)
    h.advance(LONG)
    ended = h.events(RUN)
    h.down.clear()
    h.advance(LONG)
    assert h.events(RUN) == ended
    assert h.chat.calls == []
    assert_nothing_held(h)
