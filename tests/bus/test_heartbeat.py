"""Leases: what is being worked on stays where it is, what a hung worker holds does not."""

import time
from datetime import timedelta
from typing import Any

import pytest

from bus import event_consumer
from bus.broker import Bus
from bus.event_consumer import HOLD_MARGIN_SECONDS, hold_seconds
from bus.heartbeat import MAX_HOLD_SECONDS, Heartbeat
from infra.eventstore.postgres import PostgresEventStore
from schemas.base import Command
from schemas.envelope import Recorded
from schemas.execution.events import StepScheduled
from tests.bus.test_events import Seen, effects, happens
from tests.bus.workers import SHORT, listed, running
from tests.support.builders import NOW, tenant_activated
from tests.support.runs import scheduled


class Blocking(Seen):
    """Its first work holds up the whole event loop for longer than a lease lasts without a beat."""

    def react(self, event: Any, recorded: Recorded) -> list[Command]:
        super().react(event, recorded)
        self.go_on.set()
        if len(self.begun) == 1:
            time.sleep(SHORT.ack_wait * 2)
        return []


async def test_a_worker_whose_event_loop_is_blocked_keeps_its_lease(
    bus: Bus, heartbeat: Heartbeat, store: PostgresEventStore
) -> None:
    seen = Blocking()
    async with running(effects(bus, heartbeat, store, seen, "one").run()):
        refs = [await happens(bus, store, number) for number in (1, 2)]
        await listed(seen.ended, 2)
        info = await bus.js.consumer_info("EVENTS", "effects-test")
    assert (seen.begun, seen.ended, seen.lost) == (refs, refs, [])
    assert info.num_redelivered == 0


async def test_what_hangs_is_given_away_in_the_end(
    bus: Bus, heartbeat: Heartbeat, store: PostgresEventStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(event_consumer, "MAX_HOLD_SECONDS", SHORT.ack_wait * 2)
    hung = Seen()
    async with running(effects(bus, heartbeat, store, hung, "hung").run()):
        ref = await happens(bus, store)
        await listed(hung.lost)
    assert (hung.begun, hung.ended, hung.lost) == ([ref], [], [ref])


@pytest.mark.parametrize(
    ("due_in", "expected"),
    [(10, 10 + HOLD_MARGIN_SECONDS), (-500, HOLD_MARGIN_SECONDS), (86_400, MAX_HOLD_SECONDS)],
    ids=["due soon", "overdue", "due tomorrow"],
)
def test_an_event_is_held_until_it_is_overdue_for_sure(due_in: float, expected: float) -> None:
    event: StepScheduled = scheduled("a").model_copy(update={"due_at": NOW + timedelta(seconds=due_in)})
    assert hold_seconds(event, NOW) == expected


def test_an_event_that_is_never_due_is_held_so_long() -> None:
    assert hold_seconds(tenant_activated(), NOW) == MAX_HOLD_SECONDS
