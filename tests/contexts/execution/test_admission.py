"""What counts, and what waits."""

from datetime import timedelta
from uuid import UUID

import pytest

from contexts.execution.admission import (
    Limits,
    Occupancy,
    Place,
    apply,
    reason_to_wait,
)
from schemas.base import Event
from schemas.execution import events as e
from schemas.execution.types import ParentRef, QueueReason
from tests.support.builders import NOW, PARTNER_ID, TENANT_ID, recorded
from tests.support.runs import BUSY, RUN_ID, SOURCE, ended

TENANT: Place = ("tenant", TENANT_ID)
PLATFORM: Place = ("platform", None)
FULL = QueueReason(scope="tenant", limit=1, running=1)


def started(execution_id: UUID = RUN_ID, parent: ParentRef | None = None) -> e.ExecutionStarted:
    deadline = NOW + timedelta(hours=1)
    return e.ExecutionStarted(
        execution_id=execution_id, source=SOURCE, inputs={}, deadline=deadline, parent=parent
    )


def queued(execution_id: UUID = RUN_ID, reason: QueueReason = FULL) -> e.ExecutionQueued:
    return e.ExecutionQueued(
        execution_id=execution_id,
        source=SOURCE,
        inputs={},
        deadline=NOW + timedelta(hours=1),
        priority=5,
        weight=1,
        reason=reason,
    )


PARKED = e.ExecutionParked(execution_id=RUN_ID)
WOKEN = e.ExecutionWoken(execution_id=RUN_ID)
PAUSED = e.ExecutionPaused(execution_id=RUN_ID, reason="user", by="user:owner")
RESUMED = e.ExecutionResumed(execution_id=RUN_ID, by="user:owner")
SUCCEEDED = e.ExecutionSucceeded(execution_id=RUN_ID, output=None)
CANCELLED = e.ExecutionCancelled(execution_id=RUN_ID, reason="", by="user:owner")


def after(*events: Event) -> Occupancy:
    occupancy = Occupancy()
    for position, event in enumerate(events, start=1):
        apply(occupancy, recorded(event, position=position))
    return occupancy


def reason(occupancy: Occupancy, **limits: int) -> QueueReason | None:
    wanted = Limits(**{"tenant": 9, "partner": 9, "platform": 9, **limits})
    return reason_to_wait(occupancy, TENANT_ID, PARTNER_ID, wanted)


@pytest.mark.parametrize(
    ("events", "running", "waiting"),
    [
        ((started(),), 1, 0),
        ((queued(),), 0, 1),
        ((queued(), started()), 1, 0),
        ((started(), PARKED), 0, 0),
        ((started(), PARKED, WOKEN), 1, 0),
        ((started(), PARKED, PAUSED, RESUMED), 0, 0),
        ((started(), PARKED, PAUSED, WOKEN), 0, 0),
        ((started(), PAUSED), 0, 0),
        ((started(), PAUSED, RESUMED), 1, 0),
        ((queued(), PAUSED), 0, 0),
        ((queued(), PAUSED, RESUMED), 0, 1),
        ((started(), SUCCEEDED), 0, 0),
        ((started(), ended(BUSY, None)), 0, 0),
        ((queued(), CANCELLED), 0, 0),
        ((started(), SUCCEEDED, WOKEN), 0, 0),
    ],
)
def test_a_run_takes_a_place_while_it_works(events: tuple[Event, ...], running: int, waiting: int) -> None:
    occupancy = after(*events)
    assert (occupancy.running(TENANT), occupancy.waiting(TENANT)) == (running, waiting)
    assert occupancy.running(PLATFORM) == running


def test_a_subworkflow_takes_no_place() -> None:
    parent = ParentRef(execution_id=UUID(int=7), node="sub", attempt=1, root_id=UUID(int=7), depth=1)
    assert after(started(parent=parent), WOKEN).runs == {}


def test_an_event_heard_twice_counts_once() -> None:
    occupancy = Occupancy()
    for position, event in ((1, started()), (2, PARKED), (1, started()), (2, PARKED)):
        apply(occupancy, recorded(event, position=position))
    assert occupancy.running(TENANT) == 0


def test_a_start_heard_after_the_end_does_not_count() -> None:
    occupancy = after(started(), SUCCEEDED)
    apply(occupancy, recorded(started(), position=1))
    assert occupancy.running(TENANT) == 0


def test_the_narrowest_limit_is_the_reason() -> None:
    occupancy = after(started())
    assert reason(occupancy) is None
    assert reason(occupancy, tenant=1, platform=1) == QueueReason(scope="tenant", limit=1, running=1)
    assert reason(occupancy, partner=1, platform=1) == QueueReason(scope="partner", limit=1, running=1)
    assert reason(occupancy, platform=1) == QueueReason(scope="platform", limit=1, running=1)


def test_who_waits_already_goes_before_who_comes_now() -> None:
    occupancy = after(queued())
    assert reason(occupancy, tenant=1) == QueueReason(scope="tenant", limit=1, running=0)
    assert reason(occupancy, tenant=2, platform=1) is None
    platform = QueueReason(scope="platform", limit=1, running=1)
    assert reason(after(queued(reason=platform)), platform=1) == QueueReason(
        scope="platform", limit=1, running=0
    )


def test_a_trial_leaves_its_base_alone() -> None:
    base = after(started())
    trial = Occupancy(base)
    apply(trial, recorded(SUCCEEDED, position=2))
    apply(trial, recorded(started(UUID(int=101)), position=3))
    apply(trial, recorded(started(UUID(int=102)), position=4))
    assert (trial.running(TENANT), base.running(TENANT)) == (2, 1)


def test_a_word_taken_back_counts_no_more() -> None:
    base = after(queued())
    trial = Occupancy(base)
    apply(trial, recorded(started(), position=2))
    trial.drop(RUN_ID)
    assert (trial.running(TENANT), trial.waiting(TENANT)) == (0, 1)
