"""A figure: what was measured, how, and beside what."""

from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from tests.benchmarks.measure import Spread, Timing

Unit = Literal["/s", "ms", "s", "MB", "KB a run", "runs"]


@dataclass(frozen=True)
class Reference:
    name: str
    value: Spread
    note: str = ""


@dataclass(frozen=True)
class Figure:
    name: str
    unit: Unit
    value: Spread
    shape: str
    references: tuple[Reference, ...] = field(default=())

    def ratio(self, reference: Reference) -> float:
        """Ours by theirs."""
        return self.value.median / reference.value.median

    def is_better(self, reference: Reference) -> bool:
        return (self.ratio(reference) > 1) == (self.unit == "/s")

    def as_dict(self) -> dict[str, Any]:
        found = asdict(self)
        for told, reference in zip(found["references"], self.references, strict=True):
            told["ratio"] = self.ratio(reference)
        return found


@dataclass(frozen=True)
class Peer:
    """Something else that does the same, timed in the same way; or the reason why it was not."""

    name: str
    timing: Timing | None
    note: str = ""


def pair(name: str, shape: str, in_flight: int, ours: Timing, peers: list[Peer]) -> list[Figure]:
    """The throughput and the latency of one thing."""
    timed = [(peer, peer.timing) for peer in peers if peer.timing]
    rates = tuple(Reference(peer.name, timing.rate, peer.note) for peer, timing in timed)
    alone = tuple(Reference(peer.name, timing.alone_ms, peer.note) for peer, timing in timed)
    return [
        Figure(f"{name}, {in_flight} in flight", "/s", ours.rate, shape, rates),
        Figure(f"{name}, alone", "ms", ours.alone_ms, shape, alone),
    ]
