"""Events to rows and back. Names are the registry's, never module paths."""

from infra.eventstore.types import Row
from schemas.envelope import Recorded
from schemas.registry import event_from


def recorded(row: Row) -> Recorded:
    """The event in its newest version. KeyError: a type nobody knows."""
    return Recorded(
        position=row.position,
        stream=row.stream,
        version=row.version,
        tenant_id=row.tenant_id,
        partner_id=row.partner_id,
        actor=row.actor,
        message_id=row.message_id,
        correlation_id=row.correlation_id,
        recorded_at=row.recorded_at,
        traceparent=row.traceparent,
        event=event_from(row.type, row.type_version, row.data),
    )
