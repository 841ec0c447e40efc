"""A picture of lines, as values: `chart.py` draws it."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Point:
    x: float
    y: float
    note: str = ""


@dataclass(frozen=True)
class Line:
    """An `ideal` one is dashed and grey."""

    name: str
    points: Sequence[Point]
    ideal: bool = False


@dataclass(frozen=True)
class Chart:
    title: str
    across: str
    lines: Sequence[Line]
