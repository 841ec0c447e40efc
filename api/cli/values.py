"""What the steps of a run were given and what came of them, as JSON, whole."""

import json
from collections.abc import Sequence
from typing import Any

from rich.table import Table
from rich.text import Text

from api.cli.look import table
from api.payloads import shown
from api.rows.runs import TimelineStep


def values_table(steps: Sequence[TimelineStep]) -> Table:
    """A line per attempt, and one for a step without any. Only the last attempt has the step's output."""
    made = table("step", "attempt", "given", "gave", right=("attempt",))
    for step in steps:
        for attempt in step.attempts:
            gave = step.output if attempt.attempt == step.attempt else None
            made.add_row(Text(step.node), str(attempt.attempt), said(attempt.inputs), said(gave))
        if not step.attempts:
            made.add_row(Text(step.node), "", "", said(step.output))
    return made


def said(value: Any) -> Text:
    written = "" if value is None else json.dumps(shown(value), ensure_ascii=False)
    return Text(written, overflow="fold")
