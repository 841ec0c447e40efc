import asyncio
from datetime import UTC, datetime
from uuid import uuid4

from bus.live import LiveMessage
from schemas.authoring.definition import Source
from schemas.base import Event
from schemas.execution.events import ExecutionStarted, ExecutionSucceeded, StepScheduled, StepSucceeded
from tests.api.world import World

LONGEST_SECONDS = 30.0
"""Of a wait for what must come: so that what does not come is a failure."""


class Run:
    """One execution whose events come as the test says."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.id = uuid4()
        self.path = f"/executions/{self.id}/stream"

    def store(self, event: Event) -> int:
        return self.world.reads.record(f"execution-{self.id}", self.world.tenant, event).position

    def start(self) -> int:
        source = Source(kind="agent", id=uuid4(), version=1, hash="x", name="Greeter")
        now = datetime(2026, 11, 23, tzinfo=UTC)
        return self.store(ExecutionStarted(execution_id=self.id, source=source, inputs={}, deadline=now))

    def step(self, node: str) -> int:
        return self.store(StepScheduled(execution_id=self.id, node=node, attempt=1, kind="noop"))

    def step_done(self, node: str) -> int:
        return self.store(StepSucceeded(execution_id=self.id, node=node, attempt=1, output="é"))

    def end(self) -> int:
        return self.store(ExecutionSucceeded(execution_id=self.id, output="done"))

    def tell(self, position: int) -> None:
        self.world.live.say(LiveMessage("event", position, {}))

    def say(self, index: int, text: str) -> None:
        data = {"node": "a", "attempt": 1, "index": index, "text": text, "secret": "x"}
        self.world.live.say(LiveMessage("delta", None, data))

    async def listened_to(self) -> None:
        await asyncio.wait_for(self.world.live.heard.wait(), LONGEST_SECONDS)
