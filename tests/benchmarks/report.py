"""The table for people and the JSON for machines."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from rich.table import Table

from tests.benchmarks.figures import Figure
from tests.benchmarks.measure import REPETITIONS, Spread
from tests.benchmarks.setting import Result


def table(figures: Sequence[Figure]) -> Table:
    shown = Table(
        "", "HireBuddha", "beside", "there", "ours / theirs", title=f"median of {REPETITIONS} (least-most)"
    )
    for figure in figures:
        shown.add_section()
        name, ours = figure.name, told(figure.value, figure.unit)
        if not figure.references:
            shown.add_row(name, ours, "", "", "")
        for reference in figure.references:
            colour = "green" if figure.is_better(reference) else "yellow"
            ratio = f"[{colour}]{figure.ratio(reference):.2f}[/]"
            shown.add_row(name, ours, reference.name, told(reference.value, figure.unit), ratio)
            name = ours = ""
    return shown


def told(spread: Spread, unit: str) -> str:
    median = f"{number(spread.median)} {unit}"
    return median if spread.low == spread.high else f"{median} ({number(spread.low)}-{number(spread.high)})"


def number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.1f}"


def write_json(file: Path, machine: Mapping[str, str], command: str, result: Result) -> None:
    found: dict[str, Any] = {
        "machine": machine,
        "command": command,
        "repetitions": REPETITIONS,
        "figures": [figure.as_dict() for figure in result.figures],
        "not measured": [asdict(peer) for peer in result.absent],
        "projections caught up after seconds": result.caught_up_seconds,
    }
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(found, indent=2) + "\n")
