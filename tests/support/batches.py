"""Batches for an event store, with defaults: a test names only what it is about."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid4

from infra.eventstore.types import Batch, Decided, Row
from schemas.base import Claim, TenantId
from schemas.envelope import Answer, Refusal
from tests.support.builders import NOW, PARTNER_ID, TENANT_ID


def row(stream: str, version: int, **changes: Any) -> Row:
    defaults: dict[str, Any] = {
        "type": "tenancy.tenant.activated",
        "type_version": 1,
        "data": b'{"tenant_id": "00000000-0000-0000-0000-000000000001"}',
        "tenant_id": TENANT_ID,
        "partner_id": PARTNER_ID,
        "actor": "system:tests",
        "message_id": uuid4(),
        "correlation_id": uuid4(),
        "traceparent": None,
        "recorded_at": NOW,
    }
    return Row(stream=stream, version=version, **{**defaults, **changes})


def decided(message_id: UUID, stream: str, version: int, **changes: Any) -> Decided:
    refusal: Refusal | None = changes.pop("refusal", None)
    answer = Answer(
        message_id=message_id,
        status="rejected" if refusal else "accepted",
        stream=stream,
        version=version,
        position=0,
        refusal=refusal,
    )
    defaults = {"input_hash": "hash", "type": "tenancy.tenant.activate"}
    who = {"tenant_id": TENANT_ID, "partner_id": PARTNER_ID}
    return Decided(answer=answer, **{**defaults, **who, **changes})


def batch(
    stream: str,
    versions: Sequence[int],
    message_id: UUID | None = None,
    claims: Sequence[Claim] = (),
    tenant_id: TenantId = TENANT_ID,
) -> Batch:
    """One command that appends these versions to one stream."""
    id_ = message_id or uuid4()
    rows = [row(stream, version, message_id=id_, tenant_id=tenant_id) for version in versions]
    answer = decided(id_, stream, versions[-1] if versions else 0, tenant_id=tenant_id)
    return Batch(NOW, [answer], rows, [(claim, tenant_id) for claim in claims])


def together(*batches: Batch) -> Batch:
    """Several commands in one transaction."""
    whole = Batch(NOW)
    for one in batches:
        whole.decided.extend(one.decided)
        whole.rows.extend(one.rows)
        whole.claims.extend(one.claims)
    return whole
