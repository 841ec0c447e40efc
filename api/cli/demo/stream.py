"""Follows one run as it happens: node by node, and the model's text as it comes."""

import json
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import httpx2

from api.cli.demo.client import LIVE, Person
from api.cli.demo.definition import KINDS
from api.cli.demo.errors import DemoFailed
from api.cli.demo.voice import Typist
from api.cli.look import CROSS, DOT, TICK, out

PREFIX = "execution.execution."
MARGIN = "   │ "
WIDTH = 92


@dataclass
class Follower:
    """`position` is of the last event seen; `calls` counts the provider calls that were asked for."""

    position: int = 0
    calls: int = 0
    status: str = ""
    began: float = field(default_factory=time.monotonic)
    _said: dict[str, str] = field(default_factory=dict)
    _notes: dict[str, str] = field(default_factory=dict)
    _typist: Typist = field(default_factory=lambda: Typist(MARGIN, WIDTH))

    async def follow(self, person: Person, path: str) -> None:
        async for kind, told in frames(person, path):
            if kind == "delta":
                self._delta(told)
            else:
                self.position = told["position"]
                self._event(kind.removeprefix(PREFIX), told["data"])

    def _event(self, kind: str, data: dict[str, Any]) -> None:
        match kind:
            case "started":
                self._line(
                    DOT, "run", f"started: {data['source']['name']}, version {data['source']['version']}"
                )
            case "call_requested":
                self.calls += 1
                self._line(
                    DOT, data["node"], f"{data['request']['model']}; the ledger holds the most it can cost"
                )
            case "call_completed":
                self._notes[data["node"]] = pace(data)
            case "step_succeeded":
                self._finished(data["node"], data["output"])
            case "step_failed" | "step_retry_planned":
                self._line(CROSS, data["node"], data["error"]["message"])
            case "succeeded" | "failed":
                self._ended(kind, data)

    def _delta(self, told: dict[str, Any]) -> None:
        self._said[told["node"]] = self._said.get(told["node"], "") + told["text"]
        self._typist.type(told["text"])

    def _finished(self, node: str, output: Any) -> None:
        """What the stream did not bring is in the step's output."""
        if node in self._notes:
            said = self._said.get(node, "")
            if str(output).startswith(said):
                self._typist.type(str(output)[len(said) :])
            self._typist.end()
        self._line(TICK, node, KINDS[node] + self._notes.get(node, ""))

    def _ended(self, status: str, data: dict[str, Any]) -> None:
        self.status = status
        note = data["error"]["message"] if status == "failed" else "succeeded"
        self._line(TICK if status == "succeeded" else CROSS, "run", note)

    def _line(self, mark: str, name: str, note: str) -> None:
        seconds = f"{time.monotonic() - self.began:5.1f} s"
        out.print(f"   {mark} [name]{name:<9}[/] {note:<68} [quiet]{seconds}[/]", soft_wrap=True)


def pace(completed: dict[str, Any]) -> str:
    tokens, seconds = completed["usage"]["output"], completed["latency_ms"] / 1000
    return f": {tokens} tokens in {seconds:.1f} s, {tokens / max(seconds, 0.001):.0f} a second"


async def frames(person: Person, path: str) -> AsyncIterator[tuple[str, dict[str, Any]]]:
    """Event name and data of each server-sent event."""
    kind = ""
    try:
        async with person.api.http.stream("GET", path, headers=person.headers, timeout=LIVE) as response:
            if response.status_code != httpx2.codes.OK:
                raise DemoFailed(f"GET {path} answered {response.status_code}")
            async for line in response.aiter_lines():
                if line.startswith("event: "):
                    kind = line.removeprefix("event: ")
                elif line.startswith("data: "):
                    yield kind, json.loads(line.removeprefix("data: "))
    except httpx2.HTTPError as error:
        raise DemoFailed(f"GET {path}: {error or type(error).__name__}") from error
