"""What an occurrence brought, read from the record, so that it can be brought again."""

from typing import Any
from uuid import UUID

from api.errors import ApiProblem, not_found
from api.parts import Deps
from infra.db.scope import Scope
from infra.eventstore.payloads import markers, restore
from schemas.authoring.events import TriggerFired, TriggerMisfired

MOST_PARTS = 100


async def occurred(
    deps: Deps, scope: Scope, trigger_id: UUID, occurrence: str
) -> TriggerFired | TriggerMisfired:
    """With its large values put in again."""
    row = await deps.reads.delivery(scope, trigger_id, occurrence)
    if row is None:
        raise not_found("authoring.delivery_not_found", "delivery")
    stream, before = f"trigger-{trigger_id}", row.event_position - 1
    for recorded in await deps.reads.events_of_stream(scope, stream, before, 1):
        if isinstance(recorded.event, TriggerFired | TriggerMisfired):
            payload = await whole(deps, scope, recorded.event.payload)
            return recorded.event.model_copy(update={"payload": payload})
    raise ApiProblem(409, "authoring.nothing_to_replay", "Skipped ticks cannot be replayed.")


async def whole(deps: Deps, scope: Scope, value: Any) -> Any:
    names = set(markers(value))
    found = [await deps.reads.payload(scope, name) for name in names] if len(names) <= MOST_PARTS else []
    contents = {payload.hash: payload.content for payload in found if payload is not None}
    if contents.keys() != names:
        raise ApiProblem(409, "authoring.payload_gone", "What it brought is not kept any more, or not whole.")
    return restore(value, contents)
