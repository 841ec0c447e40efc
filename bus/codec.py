"""An event on the wire: its row as JSON, with the position before it so that a reader notices a gap.

The data stand last and as they are stored, so that each part is read in one go by who knows its shape.
"""

from datetime import datetime
from functools import lru_cache
from uuid import UUID

from pydantic import BaseModel
from pydantic_core import from_json, to_json

from infra.eventstore.types import Row
from schemas.base import PartnerId, TenantId
from schemas.envelope import Recorded
from schemas.registry import event_from

SMALL_BYTES = 8 * 1024

DATA = b',"data":'
"""Where the data begin. No text before can hold this: in JSON its quotes would be escaped."""


class Head(BaseModel):
    """What a message says; what a newer version says besides is passed over."""

    position: int
    previous: int
    stream: str
    version: int
    type: str
    type_version: int
    tenant_id: TenantId
    partner_id: PartnerId | None
    actor: str
    message_id: UUID
    correlation_id: UUID
    traceparent: str | None
    recorded_at: datetime


def encode(row: Row, previous: int) -> bytes:
    head = {
        "position": row.position,
        "previous": previous,
        "stream": row.stream,
        "version": row.version,
        "type": row.type,
        "type_version": row.type_version,
        "tenant_id": row.tenant_id,
        "partner_id": row.partner_id,
        "actor": row.actor,
        "message_id": row.message_id,
        "correlation_id": row.correlation_id,
        "traceparent": row.traceparent,
        "recorded_at": row.recorded_at,
    }
    return to_json(head)[:-1] + DATA + row.data + b"}"


def decode(payload: bytes) -> tuple[Recorded, int]:
    """The event and the position before it. ValueError or KeyError: not a message of ours.

    The consumers of a process hear the same events at about the same time: each is read once for all of them.
    """
    return read_once(payload) if len(payload) <= SMALL_BYTES else read(payload)


def position(payload: bytes) -> int:
    return int(from_json(payload)["position"])


def read(payload: bytes) -> tuple[Recorded, int]:
    start, found, rest = payload.partition(DATA)
    if not found:
        raise ValueError("a message without data")
    head = Head.model_validate_json(start + b"}")
    recorded = Recorded(
        head.position,
        head.stream,
        head.version,
        head.tenant_id,
        head.partner_id,
        head.actor,
        head.message_id,
        head.correlation_id,
        head.recorded_at,
        head.traceparent,
        event_from(head.type, head.type_version, rest[:-1]),
    )
    return recorded, head.previous


read_once = lru_cache(maxsize=1024)(read)
