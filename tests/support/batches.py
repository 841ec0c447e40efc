"""Batches for an event store, with defaults: a test names only what it is about."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from pydantic_core import from_json

from infra.eventstore.payloads import externalise
from infra.eventstore.types import Batch, Decided, OwnedPayload, Row
from schemas.base import Claim, PartnerId, TenantId
from schemas.envelope import Answer, Refusal
from schemas.execution.events import StepSucceeded
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
    released: Sequence[Claim] = (),
) -> Batch:
    """One command that appends these versions to one stream."""
    id_ = message_id or uuid4()
    rows = [row(stream, version, message_id=id_, tenant_id=tenant_id) for version in versions]
    answer = decided(id_, stream, versions[-1] if versions else 0, tenant_id=tenant_id)
    return Batch(NOW, [answer], rows, [(claim, tenant_id) for claim in claims], list(released))


def batch_of(
    stream: str,
    values: Sequence[Any],
    at: datetime = NOW,
    tenant_id: TenantId = TENANT_ID,
    partner_id: PartnerId | None = PARTNER_ID,
) -> Batch:
    """One command that appends steps with these outputs, as a decision stores them."""
    made = Batch(at, [decided(uuid4(), stream, len(values), tenant_id=tenant_id)])
    for version, value in enumerate(values, start=1):
        event = StepSucceeded(execution_id=UUID(int=1), node="draft", attempt=1, output=value)
        slim, who = externalise(event), {"tenant_id": tenant_id, "partner_id": partner_id}
        made.rows.append(row(stream, version, type=event.type_name, data=slim.data, recorded_at=at, **who))
        made.payloads.extend(OwnedPayload(tenant_id, partner_id, payload) for payload in slim.payloads)
    return made


def outputs(rows: Sequence[Row]) -> list[Any]:
    return [from_json(row.data)["output"] for row in rows]


def together(*batches: Batch) -> Batch:
    """Several commands in one transaction."""
    whole = Batch(NOW)
    for one in batches:
        whole.decided.extend(one.decided)
        whole.rows.extend(one.rows)
        whole.claims.extend(one.claims)
        whole.released.extend(one.released)
        whole.payloads.extend(one.payloads)
    return whole
