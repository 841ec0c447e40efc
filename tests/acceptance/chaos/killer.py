"""Kills processes with -9 at seeded moments and brings them back, as a supervisor would."""

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from random import Random

from tests.support.platform import Part, RunningPlatform

DOWN_SECONDS = (0.05, 1.5)
LOOK_SECONDS = 0.1
REVIVE_PAUSE_SECONDS = 0.3


@dataclass(frozen=True)
class Blow:
    at: float
    part: Part
    number: int
    down: float


def blows(parts: Sequence[Part], each: int, over_seconds: float, random: Random) -> list[Blow]:
    """`each` of every kind, in the order of time. `number` says which worker."""
    plan = [
        Blow(random.uniform(0, over_seconds), part, random.randrange(1_000), random.uniform(*DOWN_SECONDS))
        for part in parts
        for _ in range(each)
    ]
    return sorted(plan, key=lambda blow: blow.at)


@dataclass
class Killer:
    platform: RunningPlatform
    on_kill: Callable[[], None]
    killed: Counter[str] = field(default_factory=Counter)
    ended_alone: Counter[str] = field(default_factory=Counter)
    _locks: dict[tuple[Part, int], asyncio.Lock] = field(default_factory=dict)

    async def strike_all(self, plan: Sequence[Blow]) -> None:
        async with asyncio.TaskGroup() as group:
            for blow in plan:
                group.create_task(self._strike(blow))

    async def _strike(self, blow: Blow) -> None:
        number = blow.number % len(self.platform.workers) if blow.part == "worker" else 0
        await asyncio.sleep(blow.at)
        async with self._lock(blow.part, number):
            await self.platform.kill(blow.part, number)
            self.killed[blow.part] += 1
            self.on_kill()
            await asyncio.sleep(blow.down)
            await self.platform.revive(blow.part, number)

    async def hold_all(self, moments: Sequence[float], seconds: float) -> None:
        """Stops workers for longer than their leases, one after the other."""
        began = asyncio.get_running_loop().time()
        for turn, moment in enumerate(moments):
            number = turn % len(self.platform.workers)
            await asyncio.sleep(max(0.0, began + moment - asyncio.get_running_loop().time()))
            async with self._lock("worker", number):
                await self.platform.hold(number, seconds)
                self.killed["held worker"] += 1
                self.on_kill()

    async def keep_alive(self) -> None:
        """Until cancelled: a process of ours that ended by itself is started again, and counted."""
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            for part, number, process in self.platform.ours():
                lock = self._lock(part, number)
                if lock.locked() or process.alive():
                    continue
                async with lock:
                    self.ended_alone[process.name] += 1
                    await asyncio.sleep(REVIVE_PAUSE_SECONDS)
                    await self.platform.revive(part, number)

    def _lock(self, part: Part, number: int) -> asyncio.Lock:
        return self._locks.setdefault((part, number), asyncio.Lock())
