"""What must be true of a world at any moment."""

from collections.abc import Iterator

from contexts.execution.state import Execution
from contexts.execution.tree import leaves
from tests.support.workflows.world import World


def waits_have_an_end(world: World) -> Iterator[str]:
    """At any moment: what is open has a time, and each run that goes on has a timer."""
    for stream in world.streams("execution"):
        execution: Execution = world.state(stream)
        if execution.ended:
            continue
        if not world.timers.of(stream):
            yield f"{stream}: {execution.status} without a timer"
        for place, leaf in leaves(execution.steps):
            if getattr(leaf, "due_at", "none") is None:
                yield f"{stream} {place}: {leaf} without a time"
