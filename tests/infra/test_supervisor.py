import asyncio
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from infra.embedded.app_process import AppProcess, at_once
from infra.embedded.errors import GaveUp, StartFailed
from infra.embedded.process import Program
from infra.embedded.supervisor import Backoff, Progress, Supervisor

QUICK = Backoff(first_seconds=0.01, longest_seconds=0.05, calm_seconds=60, attempts=3)


def python_code(name: str, code: str, folder: Path) -> AppProcess:
    program = Program(name, (sys.executable, "-S", "-c", code), folder / f"{name}.log")
    return AppProcess(program, at_once)


def sleeper(name: str, folder: Path) -> AppProcess:
    return python_code(name, "import time; time.sleep(60)", folder)


async def eventually(holds: Callable[[], bool]) -> None:
    for _ in range(500):
        if holds():
            return
        await asyncio.sleep(0.02)
    raise AssertionError("still not so after 10 s")


async def test_services_start_in_order_and_stop_in_reverse(tmp_path: Path) -> None:
    seen: list[Progress] = []
    supervisor = Supervisor(seen.append)
    for name in ("first", "second"):
        await supervisor.start(sleeper(name, tmp_path))
    await supervisor.stop()
    assert [(step.service, step.state) for step in seen] == [
        ("first", "starting"),
        ("first", "ready"),
        ("second", "starting"),
        ("second", "ready"),
        ("second", "stopping"),
        ("second", "stopped"),
        ("first", "stopping"),
        ("first", "stopped"),
    ]


async def test_a_crashed_process_is_started_again(tmp_path: Path) -> None:
    supervisor = Supervisor(lambda step: None, QUICK)
    service = sleeper("app", tmp_path)
    await supervisor.start(service)
    watching = asyncio.ensure_future(supervisor.watch())
    assert service.process
    killed = service.process
    killed.send_signal(signal.SIGKILL)
    await eventually(lambda: service.process is not killed and service.alive())
    watching.cancel()
    await asyncio.gather(watching, return_exceptions=True)
    await supervisor.stop()
    assert not service.alive()


async def test_a_process_that_will_not_stay_up_is_given_up(tmp_path: Path) -> None:
    supervisor = Supervisor(lambda step: None, QUICK)
    await supervisor.start(python_code("app", "print('what went wrong')", tmp_path))
    with pytest.raises(GaveUp, match="what went wrong"):
        await asyncio.wait_for(supervisor.watch(), 30)
    await supervisor.stop()


async def test_a_start_that_fails_shows_the_log(tmp_path: Path) -> None:
    async def never() -> bool:
        return False

    broken = python_code("app", "raise SystemExit('no such table')", tmp_path)
    broken.answers = never
    with pytest.raises(StartFailed, match=r"exited with code 1\.\nno such table"):
        await broken.start()


async def test_what_ignores_a_stop_is_killed(tmp_path: Path) -> None:
    deaf = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True)"
    service = python_code("app", deaf + "; time.sleep(60)", tmp_path)
    service.stop_seconds = 0.2
    await service.start()
    await eventually(lambda: "deaf" in service.log.read_text())
    await service.stop()
    assert not service.alive()


def test_delays_double_up_to_the_longest() -> None:
    backoff = Backoff(first_seconds=1, longest_seconds=5)
    assert [backoff.delay(crashes) for crashes in (1, 2, 3, 4)] == [1, 2, 4, 5]
