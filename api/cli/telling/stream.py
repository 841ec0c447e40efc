"""Follows one run as it happens: node by node, and the models' text as it comes."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from api.cli.look import CROSS, DOT, TICK
from api.cli.telling.client import Person
from api.cli.telling.frames import frames
from api.cli.telling.screen import Screen

PREFIX = "execution.execution."
Asked = Callable[[str, str], Awaitable[None]]
"""A step's path, and what it asks a person."""


async def nobody(node: str, message: str) -> None:
    """Leaves what is asked unanswered."""


@dataclass
class Follower:
    """`kinds`: node types by step. `position` is of the last event seen; `calls` counts the provider calls
    that were asked for.
    """

    kinds: Mapping[str, str]
    asked: Asked = nobody
    screen: Screen = field(default_factory=Screen)
    position: int = 0
    calls: int = 0
    status: str = ""
    _paces: dict[str, str] = field(default_factory=dict)

    async def follow(self, person: Person, path: str) -> None:
        async for kind, told in frames(person, path):
            if kind == "delta":
                self.screen.heard(told["node"], told["text"])
                continue
            self.position = told["position"]
            self._event(kind.removeprefix(PREFIX), told["data"])
            if kind == PREFIX + "approval_requested":
                await self.asked(told["data"]["node"], told["data"]["message"])

    def _event(self, kind: str, data: dict[str, Any]) -> None:
        if (tell := STEPS.get(kind)) is not None:
            tell(self, data)
        elif (note := note_of(kind, data)) is not None:
            self.screen.line(DOT, data["node"], note)

    def _started(self, data: dict[str, Any]) -> None:
        source = data["source"]
        self.screen.line(DOT, "run", f"started: {source['name']}, version {source['version']}")

    def _call_requested(self, data: dict[str, Any]) -> None:
        self.calls += 1
        note = f"{data['request']['model']}; the ledger holds the most it can cost"
        self.screen.line(DOT, data["node"], note)

    def _call_completed(self, data: dict[str, Any]) -> None:
        self._paces[data["node"]] = pace(data)

    def _turned(self, data: dict[str, Any]) -> None:
        turn = f"{data['node']}[{data['round']}]"
        wanted = ", ".join(f"{call['name']} {call['arguments']}" for call in data["tool_calls"])
        self.screen.ended(TICK, turn, f"wants {wanted}" + self._paces.pop(turn, ""), data["content"])

    def _succeeded(self, data: dict[str, Any]) -> None:
        """What the stream did not bring is in the step's output."""
        node, output = data["node"], data["output"]
        paced = self._paces.pop(node, None)
        whole = output if paced is not None and isinstance(output, str) else None
        kind = self.kinds.get(node.rpartition(".")[2], "round" if node.endswith("]") else "tool")
        self.screen.ended(TICK, node, kind + (paced or ""), whole)

    def _failed(self, data: dict[str, Any]) -> None:
        self.screen.ended(CROSS, data["node"], data["error"]["message"], None)

    def _run_ended(self, status: str, note: str) -> None:
        self.status = status
        self.screen.line(TICK if status == "succeeded" else CROSS, "run", note)

    def _run_succeeded(self, data: dict[str, Any]) -> None:
        self._run_ended("succeeded", "succeeded")

    def _run_failed(self, data: dict[str, Any]) -> None:
        self._run_ended("failed", data["error"]["message"])

    def _run_cancelled(self, data: dict[str, Any]) -> None:
        self._run_ended("cancelled", data["reason"] or "cancelled")


STEPS: dict[str, Callable[[Follower, dict[str, Any]], None]] = {
    "started": Follower._started,
    "call_requested": Follower._call_requested,
    "call_completed": Follower._call_completed,
    "agent_turned": Follower._turned,
    "step_succeeded": Follower._succeeded,
    "step_failed": Follower._failed,
    "step_retry_planned": Follower._failed,
    "succeeded": Follower._run_succeeded,
    "failed": Follower._run_failed,
    "cancelled": Follower._run_cancelled,
}


def note_of(kind: str, data: dict[str, Any]) -> str | None:
    match kind:
        case "step_skipped":
            return "skipped: no branch leads here"
        case "map_begun":
            return f"map over {data['count']} items"
        case "step_put_off":
            return "waits until enough of the ceiling is free"
        case "tool_requested":
            return f"uses the tool {data['tool']['name']}"
        case "approval_requested":
            return f"asks: {data['message']}"
        case "approval_answered":
            return "a person agreed" if data["approved"] else "a person said no"
    return None


def pace(completed: dict[str, Any]) -> str:
    tokens, seconds = completed["usage"]["output"], completed["latency_ms"] / 1000
    return f": {tokens} tokens in {seconds:.1f} s, {tokens / max(seconds, 0.001):.0f} a second"
