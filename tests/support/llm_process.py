"""The scripted model server, or another one, in a process of its own, and a hand to script it with."""

import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import httpx2

from infra.embedded.process import PROJECT
from tests.support.llm_script import Behaviour

CONTROL_SECONDS = 10.0


def scripted_llm_process() -> AbstractContextManager[str]:
    """Its address, without `/v1`."""
    return server_process("tests.support.scripted_llm")


@contextmanager
def server_process(module: str) -> Iterator[str]:
    """Of a module that prints its address first."""
    command = [sys.executable, "-m", module]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=PROJECT) as process:
        try:
            assert process.stdout
            yield process.stdout.readline().strip()
        finally:
            process.terminate()


def script(url: str, model: str, behaviours: Sequence[Behaviour]) -> None:
    """Calls of `model` are answered so, one after the other; the last behaviour stays."""
    told = [behaviour.model_dump(exclude_defaults=True) for behaviour in behaviours]
    control(url, "POST", "/_script", {"model": model, "behaviours": told})


def calls(url: str, model: str) -> int:
    """How often the server was asked for `model`."""
    return int(control(url, "GET", "/_calls")["by_model"].get(model, 0))


def control(url: str, method: str, path: str, body: object = None) -> dict[str, Any]:
    with httpx2.Client(trust_env=False, timeout=CONTROL_SECONDS) as client:
        answer: dict[str, Any] = client.request(method, url + path, json=body).raise_for_status().json()
        return answer
