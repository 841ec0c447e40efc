"""Starts services in order, revives those that crash, stops them in reverse."""

import asyncio
import signal
import time
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Protocol

from infra.embedded.errors import GaveUp, StartFailed

WATCH_SECONDS = 0.2
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

State = Literal["starting", "ready", "crashed", "stopping", "stopped"]


class Service(Protocol):
    @property
    def name(self) -> str: ...
    @property
    def log(self) -> Path: ...
    async def start(self) -> None: ...
    async def healthy(self) -> bool: ...
    async def stop(self) -> None: ...
    def alive(self) -> bool: ...


@dataclass(frozen=True)
class Progress:
    service: str
    state: State
    seconds: float = 0.0


@dataclass(frozen=True)
class Backoff:
    """Delays double from first to longest; so many crashes without a calm period are the end."""

    first_seconds: float = 0.2
    longest_seconds: float = 10.0
    calm_seconds: float = 60.0
    attempts: int = 6

    def delay(self, crashes: int) -> float:
        return min(self.first_seconds * 2.0 ** (crashes - 1), self.longest_seconds)


class Supervisor:
    def __init__(self, on_progress: Callable[[Progress], None], backoff: Backoff | None = None) -> None:
        self.on_progress = on_progress
        self.backoff = backoff or Backoff()
        self.services: list[Service] = []

    async def start(self, service: Service) -> None:
        # Listed before it starts, so that one that fails half-way is stopped too.
        self.services.append(service)
        await self.bring_up(service)

    async def bring_up(self, service: Service) -> None:
        began = time.monotonic()
        self.on_progress(Progress(service.name, "starting"))
        await service.start()
        self.on_progress(Progress(service.name, "ready", time.monotonic() - began))

    async def watch(self) -> None:
        """Until cancelled; raises GaveUp when a service will not stay up."""
        watchers = [asyncio.ensure_future(self.keep_alive(service)) for service in self.services]
        try:
            await asyncio.gather(*watchers)
        finally:
            await cancel(watchers)

    async def keep_alive(self, service: Service) -> None:
        crashes, last_crash = 0, 0.0
        while True:
            await asyncio.sleep(WATCH_SECONDS)
            if service.alive():
                continue
            calm = time.monotonic() - last_crash > self.backoff.calm_seconds
            crashes, last_crash = (1 if calm else crashes + 1), time.monotonic()
            await self.revive(service, crashes)

    async def revive(self, service: Service, crashes: int) -> None:
        self.on_progress(Progress(service.name, "crashed"))
        if crashes > self.backoff.attempts:
            raise GaveUp(service.name, crashes, service.log)
        await asyncio.sleep(self.backoff.delay(crashes))
        try:
            await self.bring_up(service)
        except StartFailed:
            # Counted as another crash; a process that hangs half-started must not stay.
            await service.stop()

    async def stop(self) -> None:
        while self.services:
            service = self.services.pop()
            self.on_progress(Progress(service.name, "stopping"))
            await service.stop()
            self.on_progress(Progress(service.name, "stopped"))


async def cancel(tasks: Sequence[asyncio.Future[Any]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def until_signal(body: Coroutine[Any, Any, None]) -> None:
    """Run body; the first stop signal cancels it, later ones do not disturb its clean-up."""
    loop = asyncio.get_running_loop()
    task = asyncio.ensure_future(body)
    asked = asyncio.Event()

    def ask() -> None:
        if not asked.is_set():
            asked.set()
            task.cancel()

    for number in STOP_SIGNALS:
        loop.add_signal_handler(number, ask)
    try:
        await task
    except asyncio.CancelledError:
        if not asked.is_set():
            raise
    finally:
        for number in STOP_SIGNALS:
            loop.remove_signal_handler(number)
