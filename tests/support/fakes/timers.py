"""The timers projection in memory: what its fold says, kept in a dictionary."""

from datetime import datetime

from projections.fold import fold
from projections.kernel import Row
from projections.timers.batch import Batch
from projections.timers.project import ON
from projections.timers.queries import Timer
from schemas.envelope import Recorded


class MemoryTimers:
    def __init__(self) -> None:
        self._rows: dict[str, Row] = {}

    def apply(self, recorded: Recorded) -> None:
        if type(recorded.event) not in ON:
            return
        batch = fold(ON, Batch(), [recorded])
        for name in [n for n, row in self._rows.items() if row["stream"] in batch.ended]:
            del self._rows[name]
        for prefix in batch.inside:
            for name in [n for n in self._rows if n.startswith(prefix)]:
                del self._rows[name]
        for gone in batch.timers.gone.values():
            self._rows.pop(gone["name"], None)
        for row in batch.live():
            self._rows[row["name"]] = row

    def of(self, stream: str) -> list[datetime]:
        """When what waits in a stream is due."""
        return [row["due_at"] for row in self._rows.values() if row["stream"] == stream]

    def names(self) -> list[str]:
        return list(self._rows)

    def next_due(self) -> datetime | None:
        return min((row["due_at"] for row in self._rows.values()), default=None)

    def take_due(self, now: datetime) -> list[Timer]:
        due = [row for row in self._rows.values() if row["due_at"] <= now]
        for row in due:
            del self._rows[row["name"]]
        return [due_timer(row) for row in due]


def due_timer(row: Row) -> Timer:
    return Timer(
        name=row["name"],
        due_at=row["due_at"],
        command=row["command"],
        data=row["data"].model_dump(mode="json"),
        tenant_id=row["tenant_id"],
        partner_id=row["partner_id"],
    )
