from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from contexts.authoring.facts import DeliveryFacts, FiringFacts
from contexts.authoring.firing import MAX_DEPTH
from contexts.authoring.registry import REGISTRY
from schemas.authoring import commands as c
from schemas.authoring import events as e
from schemas.authoring.triggers import run_of
from schemas.base import Event
from schemas.envelope import Problem
from tests.support.builders import NOW
from tests.support.spec import Spec
from tests.support.triggers import (
    TRIGGER_ID,
    after_run,
    call,
    created,
    cron,
    fired,
    planned,
    skipped,
    tick,
    utc,
    webhook,
)

authoring = Spec(REGISTRY)
NIGHTS = [utc(2026, 9, day, 2) for day in (16, 17, 18, 19)]
NAMES = [f"2026-09-{day}T02:00:00Z" for day in (16, 17, 18, 19)]
OFF = e.TriggerDisabled(trigger_id=TRIGGER_ID, follows=None)
OUTSIDE = FiringFacts(0)
HOOK = webhook(inputs={"who": "{{ inputs.payload.user }}", "text": "Hi {{ inputs.payload.user.name }}!"})
ADA = {"user": {"name": "Ada"}}
GREETING = {"who": {"name": "Ada"}, "text": "Hi Ada!"}


def waiting(**changes: Any) -> list[Event]:
    return [created(cron(**changes)), planned(NIGHTS[0])]


def test_a_tick_starts_its_run_and_plans_the_next() -> None:
    tonight = authoring.given(*waiting(inputs={"when": "{{ inputs.time }}"})).at(NIGHTS[0])
    started = fired(NAMES[0], NIGHTS[0], inputs={"when": "2026-09-16T02:00:00+00:00"})
    tonight.when(tick(NIGHTS[0])).then(started, planned(NIGHTS[1]))


def test_a_tick_counts_once_and_only_as_planned() -> None:
    after = authoring.given(*waiting(), fired(NAMES[0], NIGHTS[0]), planned(NIGHTS[1])).at(NIGHTS[1])
    after.when(tick(NIGHTS[0])).nothing()
    after.when(tick(NIGHTS[2])).nothing()
    after.when(tick(NIGHTS[1])).then(fired(NAMES[1], NIGHTS[1]), planned(NIGHTS[2]))


def test_a_tick_by_a_clock_that_goes_before_ours_is_not_planned_again() -> None:
    early = authoring.given(*waiting()).at(NIGHTS[0] - timedelta(seconds=3))
    early.when(tick(NIGHTS[0])).then(fired(NAMES[0], NIGHTS[0]), planned(NIGHTS[1]))


LATE = NIGHTS[2] + timedelta(hours=6)


def test_after_an_outage_missed_ticks_are_skipped_and_said() -> None:
    gap = skipped(NIGHTS[0], NIGHTS[2], 3)
    authoring.given(*waiting(catch_up="skip")).at(LATE).when(tick(NIGHTS[0])).then(gap, planned(NIGHTS[3]))


def test_after_an_outage_the_newest_missed_tick_is_made_up_for() -> None:
    late = authoring.given(*waiting(catch_up="one")).at(LATE)
    gap = skipped(NIGHTS[0], NIGHTS[1], 2)
    late.when(tick(NIGHTS[0])).then(gap, fired(NAMES[2], NIGHTS[2]), planned(NIGHTS[3]))


def test_after_an_outage_all_missed_ticks_are_made_up_for_in_order() -> None:
    late = authoring.given(*waiting(catch_up="all")).at(LATE)
    made_up = [fired(name, at) for name, at in zip(NAMES[:3], NIGHTS[:3], strict=True)]
    late.when(tick(NIGHTS[0])).then(*made_up, planned(NIGHTS[3]))


def test_a_call_fills_the_inputs_from_what_it_brings() -> None:
    event = fired("d1", kind="webhook", inputs=GREETING, payload=ADA)
    authoring.given(created(HOOK)).knowing(OUTSIDE).when(call(ADA)).then(event)


def test_a_call_that_lacks_something_is_kept_and_can_be_replayed() -> None:
    problem = Problem(
        code="authoring.input_unfilled",
        message="inputs.payload.user has no value: there is no 'user'",
        path="definition.inputs.who",
    )
    misfired = e.TriggerMisfired(
        trigger_id=TRIGGER_ID,
        kind="webhook",
        occurrence="d1",
        at=NOW,
        execution_id=run_of(TRIGGER_ID, "d1"),
        payload={},
        problem=problem,
    )
    authoring.given(created(HOOK)).knowing(OUTSIDE).when(call({})).then(misfired)
    again = c.ReplayDelivery(
        trigger_id=TRIGGER_ID, occurrence="d1", replay_id=UUID(int=9), payload=ADA, at=NOW
    )
    event = fired(f"d1~{UUID(int=9)}", kind="webhook", inputs=GREETING, payload=ADA)
    authoring.given(created(HOOK), misfired).when(again).then(event)


def test_a_replay_of_a_replay_is_one_of_the_first() -> None:
    again = c.ReplayDelivery(
        trigger_id=TRIGGER_ID, occurrence=f"d1~{UUID(int=8)}", replay_id=UUID(int=9), at=NOW
    )
    event = fired(f"d1~{UUID(int=9)}", kind="webhook")
    authoring.given(created(webhook())).when(again).then(event)


def test_an_occurrence_is_claimed_for_ever() -> None:
    [claim] = fired("d1").claims()
    assert (claim.kind, claim.value) == ("delivery", f"{TRIGGER_ID}:d1")


def test_inputs_have_a_largest_size() -> None:
    many = webhook(inputs={f"i{n}": "{{ inputs.payload }}" for n in range(50)})
    outcome = authoring.given(created(many)).knowing(OUTSIDE).when(call("x" * 10_000))
    [event] = outcome.events
    assert isinstance(event, e.TriggerMisfired)
    assert event.problem.code == "authoring.inputs_too_large"


@pytest.mark.parametrize("history", [(created(webhook()), OFF), (created(after_run()),)])
def test_who_does_not_listen_refuses_calls(history: tuple[Event, ...]) -> None:
    authoring.given(*history).when(call()).refused("authoring.trigger_not_listening")


def test_a_chain_of_triggers_ends() -> None:
    waits = authoring.given(created(after_run(inputs={"text": "{{ inputs.output.text }}"})))
    last, too_far = waits.knowing(FiringFacts(MAX_DEPTH)), waits.knowing(FiringFacts(MAX_DEPTH + 1))
    payload = {"execution_id": "e", "status": "succeeded", "output": {"text": "x"}}
    event = fired("e", kind="run", inputs={"text": "x"}, payload=payload, depth=MAX_DEPTH)
    last.when(call(payload, "e", kind="run")).then(event)
    [refused] = too_far.when(call(payload, "e", kind="run")).events
    assert isinstance(refused, e.TriggerMisfired)
    assert refused.problem.code == "authoring.trigger_chain_too_long"


def test_an_occurrence_no_run_came_of_is_refused_for_good_reason() -> None:
    problem = Problem(code="event.too_large", message="too much")
    refuse = c.RefuseDelivery(trigger_id=TRIGGER_ID, occurrence=NAMES[0], problem=problem)
    refused = e.DeliveryRefused(trigger_id=TRIGGER_ID, occurrence=NAMES[0], problem=problem)
    begun = authoring.given(*waiting(), fired(NAMES[0], NIGHTS[0]))
    begun.knowing(DeliveryFacts(has_run=False)).when(refuse).then(refused)
    begun.knowing(DeliveryFacts(has_run=True)).when(refuse).nothing()
