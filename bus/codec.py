"""An event on the wire: its row as JSON, with the position before it so that a reader notices a gap."""

import json
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic_core import from_json

from infra.eventstore.types import Row
from schemas.base import PartnerId, TenantId
from schemas.envelope import Recorded
from schemas.registry import event_from


def encode(row: Row, previous: int) -> bytes:
    head = {
        "position": row.position,
        "previous": previous,
        "stream": row.stream,
        "version": row.version,
        "type": row.type,
        "type_version": row.type_version,
        "tenant_id": str(row.tenant_id),
        "partner_id": str(row.partner_id) if row.partner_id else None,
        "actor": row.actor,
        "message_id": str(row.message_id),
        "correlation_id": str(row.correlation_id),
        "traceparent": row.traceparent,
        "recorded_at": row.recorded_at.isoformat(),
    }
    return json.dumps(head)[:-1].encode() + b', "data": ' + row.data + b"}"


def decode(payload: bytes) -> tuple[Recorded, int]:
    """The event and the position before it. ValueError or KeyError: not a message of ours."""
    head: dict[str, Any] = from_json(payload)
    return recorded(head), head["previous"]


def position(payload: bytes) -> int:
    return int(from_json(payload)["position"])


def recorded(head: dict[str, Any]) -> Recorded:
    partner = head["partner_id"]
    return Recorded(
        position=head["position"],
        stream=head["stream"],
        version=head["version"],
        tenant_id=TenantId(UUID(head["tenant_id"])),
        partner_id=PartnerId(UUID(partner)) if partner else None,
        actor=head["actor"],
        message_id=UUID(head["message_id"]),
        correlation_id=UUID(head["correlation_id"]),
        recorded_at=datetime.fromisoformat(head["recorded_at"]),
        traceparent=head["traceparent"],
        event=event_from(head["type"], head["type_version"], head["data"]),
    )
