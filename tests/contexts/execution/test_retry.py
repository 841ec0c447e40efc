from datetime import timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contexts.execution.retry import JITTER, MAX_RETRY_AFTER_SECONDS, due_at, fraction, pause
from schemas.authoring.parts import RetryPolicy
from schemas.execution.types import StepError
from tests.support.builders import NOW, llm, noop, text
from tests.support.runs import BUSY, REFUSED, RUN_ID

policies = st.builds(
    RetryPolicy,
    max_attempts=st.integers(1, 10),
    base_seconds=st.floats(0, 60),
    cap_seconds=st.floats(0, 600),
)


@given(policies, st.integers(1, 10), st.uuids())
def test_a_pause_doubles_up_to_its_cap_and_jitters_upwards_only(
    policy: RetryPolicy, attempt: int, run: UUID
) -> None:
    expected = min(policy.cap_seconds, policy.base_seconds * 2 ** (attempt - 1))
    assert expected <= pause(policy, attempt, BUSY, run) <= expected * (1 + JITTER)


@given(st.uuids(), st.integers(1, 10))
def test_jitter_is_a_fraction_and_the_same_every_time(run: UUID, attempt: int) -> None:
    assert 0 <= fraction(run, attempt) < 1
    assert fraction(run, attempt) == fraction(UUID(str(run)), attempt)


def test_runs_that_failed_together_come_back_apart() -> None:
    assert len({round(fraction(UUID(int=2**64 + n * 7919), 1), 3) for n in range(1_000)}) > 300


@pytest.mark.parametrize(("asked", "seconds"), [(45.0, 45.0), (10_000.0, MAX_RETRY_AFTER_SECONDS)])
def test_what_the_provider_asks_for_is_waited_within_a_limit(asked: float, seconds: float) -> None:
    error = BUSY.model_copy(update={"retry_after": asked})
    assert pause(RetryPolicy(), 1, error, RUN_ID) == seconds


def test_a_short_request_of_the_provider_does_not_shorten_the_pause() -> None:
    error = BUSY.model_copy(update={"retry_after": 0.1})
    assert pause(RetryPolicy(), 3, error, RUN_ID) >= 4


@pytest.mark.parametrize(
    ("node", "attempt", "error"),
    [(llm(), 3, BUSY), (llm(), 1, REFUSED), (noop("a"), 3, BUSY), (text("a"), 1, BUSY)],
    ids=["last attempt", "lasting error", "last attempt of a step", "a pure node"],
)
def test_there_is_no_next_attempt(node: object, attempt: int, error: StepError) -> None:
    assert due_at(node, attempt, error, Decimal(0), RUN_ID, NOW) is None  # type: ignore[arg-type]


def test_the_next_attempt_is_due_after_the_pause() -> None:
    expected = NOW + timedelta(seconds=pause(llm().retry, 2, BUSY, RUN_ID))
    assert due_at(llm(), 2, BUSY, Decimal(0), RUN_ID, NOW) == expected
