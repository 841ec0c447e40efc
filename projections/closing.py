"""What is still open in a run, an item or a step is over when that is: nobody waits for it any more."""

from collections.abc import Iterator
from itertools import groupby
from uuid import UUID

from projections.kernel import Row
from schemas.envelope import Recorded

CLOSE = """
UPDATE {{{table}}} AS t
SET status = 'abandoned', due_at = NULL, {end} = r.at, updated_at = r.at, position = r.position
FROM json_to_recordset(%s) AS r(execution_id uuid, first text, beyond text, at timestamptz, position bigint)
WHERE t.execution_id = r.execution_id AND t.node >= r.first AND t.node < r.beyond
    AND t.{end} IS NULL AND t.position < r.position
"""


def close(table: str, end: str) -> str:
    """Ends the rows of `table` that have no `end` yet. Its `node` is ordered as bytes."""
    return CLOSE.format(table=table, end=end)


class Closings:
    """Ranges of step paths that ended in a batch. The first end of a range counts."""

    def __init__(self) -> None:
        self._ranges: dict[tuple[int, UUID, str], Row] = {}

    def run(self, recorded: Recorded, execution_id: UUID) -> None:
        self._add(-1, recorded, execution_id, "", "~")

    def step(self, recorded: Recorded, execution_id: UUID, node: str) -> None:
        """The step itself, and all inside it."""
        self._add(depth(node) + 1, recorded, execution_id, node, node + " ")
        self.inside(recorded, execution_id, f"{node}[")

    def inside(self, recorded: Recorded, execution_id: UUID, prefix: str) -> None:
        self._add(depth(prefix), recorded, execution_id, prefix, beyond(prefix))

    def waves(self) -> Iterator[list[Row]]:
        """From the inside out: a row in two ranges is closed by the inner one, which ended first."""
        deepest_first = sorted(self._ranges, key=lambda key: -key[0])
        for _, keys in groupby(deepest_first, key=lambda key: key[0]):
            yield [self._ranges[key] for key in keys]

    def _add(self, depth: int, recorded: Recorded, execution_id: UUID, first: str, beyond: str) -> None:
        at = {"at": recorded.recorded_at, "position": recorded.position}
        row = {"execution_id": execution_id, "first": first, "beyond": beyond, **at}
        self._ranges.setdefault((depth, execution_id, first), row)


def depth(path: str) -> int:
    """Of two paths of which one goes on with the other, the longer one's is greater."""
    return path.count("[") + path.count("]")


def beyond(prefix: str) -> str:
    """The first text after all that begin with the prefix."""
    return prefix[:-1] + chr(ord(prefix[-1]) + 1)
