"""The timers a batch of events sets and removes."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from projections.closing import beyond
from projections.fold import Rows
from projections.kernel import Row
from schemas.base import Command
from schemas.envelope import Recorded

SKEW = timedelta(seconds=5)
"""These commands do nothing before their time, by the clock of whoever decides them: it may be this late."""


@dataclass
class Batch:
    """`ended` are the streams none of whose timers matter any more, `inside` the ranges of names."""

    timers: Rows = field(default_factory=Rows)
    ended: dict[str, Row] = field(default_factory=dict)
    inside: dict[str, Row] = field(default_factory=dict)

    def live(self) -> list[Row]:
        """A timer set after its stream ended is live: a late one finds nothing to do."""
        return [row for row in self.timers.rows.values() if not self.outlived(row)]

    def outlived(self, row: Row) -> bool:
        end = self.ended.get(row["stream"])
        return end is not None and bool(end["position"] >= row["position"])

    def end_inside(self, recorded: Recorded, prefix: str) -> None:
        """Ends the timers whose names begin so."""
        for name in [name for name in self.timers.rows if str(name).startswith(prefix)]:
            self.timers.remove(name, recorded, name=name)
        self.inside[prefix] = {"first": prefix, "beyond": beyond(prefix), "position": recorded.position}


def set_timer(batch: Batch, recorded: Recorded, name: str, due_at: datetime, command: Command) -> None:
    what = {"command": command.type_name, "data": command}
    batch.timers.put(name, recorded, name=name, stream=recorded.stream, due_at=due_at, **what)
