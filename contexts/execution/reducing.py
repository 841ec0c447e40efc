"""A map's results folded one by one, in the order of its items, so that they need not all be kept."""

from typing import Any

from contexts.execution.paths import Place
from contexts.execution.problems import value_of
from contexts.execution.run import Run
from contexts.execution.state import Mapped
from schemas.authoring.nodes import MapNode

Folded = tuple[int | None, Any]


def fold(run: Run, place: Place, node: MapNode, step: Mapped, index: int, output: Any) -> Folded:
    """How far the results have no gap once item `index` has ended, and their total up to there.

    Failed items, whose output is None, count for nothing. None: the map does not reduce.
    """
    if node.reduce is None:
        return None, None
    results = {**step.results, index: output}
    folded, total = step.folded, step.total
    values = run.values(place.scope)
    while folded in results:
        result = results[folded]
        if result is not None:
            total = value_of(node.reduce.expression, values, total=total, item=result)
        folded += 1
    return folded, total
