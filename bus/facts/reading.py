"""Helpers for the loaders: they turn other aggregates' folded states into what a decision needs."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from schemas.envelope import Envelope

Read = Callable[[str], Any]


@dataclass(frozen=True)
class Facts:
    """What a decision needs from other streams: which ones, and what to make of their states.

    Both get `(command, state, envelope)`; `build` also a reader of the states of those streams.
    """

    reads: Callable[[Any, Any, Envelope], Iterable[str]]
    build: Callable[[Any, Any, Envelope, Read], Any]


SYSTEM_RATES = "rate_card-system"
