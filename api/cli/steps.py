"""Steps as they happen: a spinner, then a tick and the seconds it took."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Literal

from rich.console import Console, RenderableType
from rich.live import Live
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text

from api.cli.look import CROSS, DOT, TICK

TITLE_WIDTH = 14
State = Literal["running", "done", "failed", "dropped"]
"""`dropped`: somebody lost interest in it, it did not fail."""

MARKS = {"done": TICK, "failed": CROSS, "dropped": DOT}


@dataclass
class Step:
    """`note` says in a few words what came of it."""

    title: str
    note: str = ""
    state: State = "running"
    began: float = field(default_factory=time.monotonic)
    seconds: float = 0.0

    def end(self, state: State) -> None:
        self.state = state
        self.seconds = time.monotonic() - self.began


class Steps:
    """On a terminal the lines live; elsewhere each is printed once, when it has ended."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._steps: list[Step] = []
        self._spinner = Spinner("dots", style="quiet")

    @contextmanager
    def shown(self) -> Iterator[None]:
        if not self._console.is_terminal:
            yield
            return
        with Live(self, console=self._console, refresh_per_second=12):
            yield

    @contextmanager
    def step(self, title: str, note: str = "") -> Iterator[Step]:
        step = Step(title, note)
        self._steps.append(step)
        try:
            yield step
        except BaseException as error:
            step.end("failed" if isinstance(error, Exception) else "dropped")
            raise
        else:
            step.end("done")
        finally:
            self._settled(step)

    def _settled(self, step: Step) -> None:
        if not self._console.is_terminal:
            self._console.print(self._table([step]))

    def __rich__(self) -> RenderableType:
        return self._table(self._steps)

    def _table(self, steps: list[Step]) -> Table:
        grid = Table.grid(padding=(0, 2, 0, 0))
        grid.add_column(width=1)
        grid.add_column(width=TITLE_WIDTH)
        grid.add_column(width=6, justify="right")
        grid.add_column()
        for step in steps:
            grid.add_row(self._mark(step), step.title, self._time(step), Text(step.note, style="quiet"))
        return grid

    def _mark(self, step: Step) -> RenderableType:
        return self._spinner if step.state == "running" else MARKS[step.state]

    def _time(self, step: Step) -> Text:
        if step.state == "running":
            return Text(f"{time.monotonic() - step.began:.0f} s", style="quiet")
        return Text(f"{step.seconds:.1f} s")
