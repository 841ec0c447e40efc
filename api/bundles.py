"""A run to take along: what it ran on, all that was answered to it from outside, how it ended."""

from collections.abc import Sequence
from uuid import UUID

from api.reads import Reads
from api.streaming import TERMINAL
from contexts.execution.recording import bundle_of as recorded
from infra.db.scope import Scope
from infra.eventstore.payloads import markers, restore
from schemas.base import Event
from schemas.execution.bundle import RunBundle

BATCH = 500
MOST = 20_000


class NothingRan(LookupError):
    """There is no such run."""


class StillRunning(RuntimeError):
    """Only a run that has ended can be taken along."""


class TooLong(ValueError):
    """The run has more events than fit into a bundle."""


async def bundle_of(reads: Reads, scope: Scope, job_id: UUID) -> RunBundle:
    """With large values in their places. NothingRan, StillRunning or TooLong when there is none."""
    events = await whole(reads, scope, f"execution-{job_id}")
    if not isinstance(events[-1], TERMINAL):
        raise StillRunning("The run has not ended.")
    made = recorded(events).model_dump(mode="json")
    contents = {}
    for name in sorted(set(markers(made))):
        if found := await reads.payload(scope, name):
            contents[name] = found.content
    return RunBundle.model_validate(restore(made, contents))


async def whole(reads: Reads, scope: Scope, stream: str) -> Sequence[Event]:
    found: list[Event] = []
    position = 0
    while batch := await reads.events_of_stream(scope, stream, position, BATCH):
        found += [one.event for one in batch]
        position = batch[-1].position
        if len(found) > MOST:
            raise TooLong(f"More than {MOST:,} events are too many for a bundle.")
    if not found:
        raise NothingRan(f"there is no {stream}")
    return found
