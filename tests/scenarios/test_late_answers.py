"""A run that ends while a provider works for it: the run changes no more, and what was used is paid."""

from decimal import Decimal

import pytest

from schemas.billing.events import CallReleased, CallSettled
from schemas.execution.commands import CancelExecution
from schemas.execution.events import CallCompleted
from tests.support.builders import MODEL, llm, workflow
from tests.support.harness import Harness
from tests.support.llm_script import Behaviour
from tests.support.story import LEDGER, LONG, RUN, RUN_ID, accept, ledger, names, started, tenant_admin

ASK = workflow(llm(), output="{{ steps.answer.output }}")

pytestmark = pytest.mark.parametrize("seed", [None, *range(6)])


def cancelled_meanwhile(h: Harness, heard: bool) -> None:
    """`heard`: the worker in the middle of the call is told of the end."""

    def cancel() -> None:
        accept(h.submit(CancelExecution(execution_id=RUN_ID, reason="no need"), as_=tenant_admin()))
        if heard:
            h.ends.ended(RUN_ID)

    h.chat.meanwhile = cancel
    started(h, ASK)
    h.run()


def test_an_answer_after_the_end_is_paid_and_changes_nothing(seed: int | None) -> None:
    h = Harness(seed)
    cancelled_meanwhile(h, heard=False)
    [settled] = [event for event in h.events(LEDGER) if isinstance(event, CallSettled)]
    assert not settled.degraded
    assert names(h.events(RUN))[-1] == "cancelled"
    assert not any(isinstance(event, CallCompleted) for event in h.events(RUN))
    h.advance(LONG)
    assert (ledger(h).posted, ledger(h).held) == (settled.price, Decimal(0))


def test_a_call_broken_off_before_it_was_answered_costs_nothing(seed: int | None) -> None:
    h = Harness(seed)
    h.chat.script(MODEL, Behaviour(delay_ms=30_000))
    cancelled_meanwhile(h, heard=True)
    assert any(isinstance(event, CallReleased) for event in h.events(LEDGER))
    assert names(h.events(RUN))[-1] == "cancelled"
    h.advance(LONG)
    assert (ledger(h).posted, ledger(h).held) == (Decimal(0), Decimal(0))
