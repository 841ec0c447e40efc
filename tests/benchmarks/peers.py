"""Other people's engines, each in a venv of its own, timed by the same code as ours (`measure`)."""

import asyncio
import json
import os
import shutil
import subprocess
import time
from asyncio.subprocess import Process
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from infra.embedded.ports import free_ports
from infra.embedded.probe import says_ok
from infra.embedded.process import PROJECT
from tests.benchmarks.figures import Peer
from tests.benchmarks.measure import Spread, Timing
from tests.benchmarks.setting import BUILD, Setting

PINS: dict[str, tuple[str, ...]] = {
    "dbos": ("dbos==3.4.0", "psycopg[binary]==3.3.9"),
    "langgraph": (
        "langgraph==1.2.22",
        "langgraph-checkpoint-postgres==3.2.0",
        "psycopg[binary,pool]==3.3.9",
    ),
    "litellm": ("litellm[proxy]==1.106.2",),
}
LITELLM_SETTINGS = {
    "LITELLM_LOCAL_MODEL_COST_MAP": "True",
    "LITELLM_LOG": "ERROR",
    "LITELLM_DANGEROUSLY_PERMIT_WEAK_OR_UNSET_MASTER_KEY": "true",
}
"""Nothing is asked of the network, and no key is checked: that is in its favour."""

INSTALL_SECONDS = 300.0
START_SECONDS = 90.0
SLACK_SECONDS = 60.0


class Failed(Exception):
    """The peer could not be installed or run; the text says why."""


async def dbos(setting: Setting) -> Peer:
    note = "async workflow and steps, awaited directly, default settings, one process"
    return await steps("dbos", "DBOS", note, setting)


async def langgraph(setting: Setting) -> Peer:
    note = 'AsyncPostgresSaver on a pool of 20, durability="sync", one process'
    return await steps("langgraph", "LangGraph", note, setting)


async def steps(name: str, title: str, note: str, setting: Setting) -> Peer:
    setting.say(title)
    try:
        python = await installed(name)
        url = await setting.database(f"peer_{name}")
        command = [
            str(python),
            "-m",
            f"tests.benchmarks.peer_scripts.{name}_steps",
            url,
            str(setting.seconds),
        ]
        told = await output(command, setting.seconds * 5 + SLACK_SECONDS)
        found = json.loads(told.splitlines()[-1])
    except (Failed, ValueError, IndexError) as error:
        return Peer(title, None, str(error))
    timing = Timing(Spread(**found["rate"]), Spread(**found["alone_ms"]))
    return Peer(f"{title} {version(name)}", timing, note)


async def litellm(setting: Setting) -> Peer:
    from tests.benchmarks.case_calls import calls_of

    setting.say("LiteLLM")
    try:
        python = await installed("litellm")
        async with proxy(python, setting.llm_url) as url:
            timing = await calls_of(url, setting.seconds / 2)
    except Failed as error:
        return Peer("LiteLLM", None, str(error))
    note = "proxy with one worker and no database: it keeps no ledger here, so it does less than we do"
    return Peer(f"LiteLLM {version('litellm')}", timing, note)


def version(name: str) -> str:
    return PINS[name][0].partition("==")[2]


async def installed(name: str) -> Path:
    """The peer's Python. Installed once per set of pins."""
    folder = (PROJECT / BUILD / "peers" / name).absolute()
    python, done = folder / "bin" / "python", folder / "pins.json"
    if not done.exists() or json.loads(done.read_text()) != list(PINS[name]):
        uv = shutil.which("uv") or str(PROJECT / ".venv" / "bin" / "uv")
        await output([uv, "venv", "--quiet", "--clear", str(folder)], INSTALL_SECONDS)
        await output([uv, "pip", "install", "--quiet", "--python", str(python), *PINS[name]], INSTALL_SECONDS)
        done.write_text(json.dumps(PINS[name]))
    return python


async def output(command: Sequence[str], seconds: float) -> str:
    """Standard output of a command that ended well in time."""
    try:
        done = await asyncio.to_thread(
            subprocess.run, command, cwd=PROJECT, capture_output=True, text=True, timeout=seconds
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Failed(f"{type(error).__name__}: {error}"[:300]) from error
    if done.returncode:
        raise Failed(f"{Path(command[0]).name} ended with {done.returncode}: {done.stderr[-300:].strip()}")
    return str(done.stdout)


@asynccontextmanager
async def proxy(python: Path, llm_url: str) -> AsyncIterator[str]:
    """LiteLLM's proxy in front of the scripted server, without a database."""
    [port] = free_ports(1)
    folder = python.parents[1]
    config = folder / "proxy.json"
    model = {"model": "openai/bench", "api_base": f"{llm_url}/v1", "api_key": "sk-none"}
    config.write_text(json.dumps({"model_list": [{"model_name": "bench", "litellm_params": model}]}))
    command = [str(python.parent / "litellm"), "--config", str(config), "--port", str(port)]
    command += ["--host", "127.0.0.1", "--num_workers", "1"]
    environment = {**os.environ, **LITELLM_SETTINGS}
    with (folder / "proxy.log").open("w") as log:
        process = await asyncio.create_subprocess_exec(
            *command, stdout=log, stderr=log, cwd=folder, env=environment
        )
    try:
        url = f"http://127.0.0.1:{port}"
        await answering(process, url)
        yield url
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()


async def answering(process: Process, url: str) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not await says_ok(f"{url}/health/liveliness"):
        if process.returncode is not None or time.monotonic() > deadline:
            raise Failed("the proxy did not start; see build/peers/litellm/proxy.log")
        await asyncio.sleep(0.2)
