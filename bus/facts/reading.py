"""Helpers for the loaders: they turn other aggregates' folded states into what a decision needs."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from schemas.envelope import Envelope
from schemas.execution.types import QueueReason


class Read(Protocol):
    """What a decision may learn about the rest of the world, as of the commands decided before it."""

    @property
    def now(self) -> datetime:
        """When the decision is made."""

    def __call__(self, stream: str) -> Any:
        """The state of another stream; another tenant's does not exist."""

    def admission(self, max_runs: int | None) -> QueueReason | None:
        """Why a run of this tenant, whose own limit is `max_runs`, has to wait; None: it may begin."""


@dataclass(frozen=True)
class Facts:
    """What a decision needs from other streams: which ones, and what to make of their states.

    Both get `(command, state, envelope)`; `build` also a reader of the states of those streams.
    """

    reads: Callable[[Any, Any, Envelope], Iterable[str]]
    build: Callable[[Any, Any, Envelope, Read], Any]


SYSTEM_RATES = "rate_card-system"


def partner_rates(envelope: Envelope) -> str:
    return f"rate_card-{envelope.partner_id}"
