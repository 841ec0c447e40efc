"""Accounts for programs at each place, and the keys that open them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from projections.fold import Handlers, Rows, fold
from projections.kernel import Projection, Tx
from projections.statements import merge
from schemas.base import PLATFORM
from schemas.envelope import Recorded
from schemas.identity import services as s

SERVICES = merge("service_accounts", key=("id",), changing=("role", "closed"))
KEYS = merge("api_keys", key=("id",), changing=("revoked", "expires_at"))


@dataclass
class Batch:
    services: Rows = field(default_factory=Rows)
    keys: Rows = field(default_factory=Rows)


async def project(events: Sequence[Recorded], tx: Tx) -> None:
    batch = fold(ON, Batch(), events)
    await tx.write(SERVICES, batch.services.rows.values())
    await tx.write(KEYS, batch.keys.rows.values())


def created(batch: Batch, recorded: Recorded, event: s.ServiceCreated) -> None:
    batch.services.put(
        event.service_id,
        recorded,
        id=event.service_id,
        place_id=event.place.id,
        tenant_id=event.place.tenant_id or PLATFORM,
        partner_id=event.place.partner_id,
        name=event.name,
        role=event.role,
        closed=False,
    )


def role_set(batch: Batch, recorded: Recorded, event: s.ServiceRoleSet) -> None:
    batch.services.put(event.service_id, recorded, id=event.service_id, role=event.role)


def closed(batch: Batch, recorded: Recorded, event: s.ServiceClosed) -> None:
    batch.services.put(event.service_id, recorded, id=event.service_id, closed=True)


def key_issued(batch: Batch, recorded: Recorded, event: s.KeyIssued) -> None:
    batch.keys.put(
        event.key_id,
        recorded,
        id=event.key_id,
        service_id=event.service_id,
        tenant_id=event.place.tenant_id or PLATFORM,
        partner_id=event.place.partner_id,
        hash=event.hash,
        prefix=event.prefix,
        label=event.label,
        scopes=event.scopes,
        networks=event.networks,
        revoked=False,
        expires_at=event.expires_at,
    )


def key_retired(batch: Batch, recorded: Recorded, event: s.KeyRetired) -> None:
    batch.keys.put(event.key_id, recorded, id=event.key_id, expires_at=event.expires_at)


def key_revoked(batch: Batch, recorded: Recorded, event: s.KeyRevoked) -> None:
    batch.keys.put(event.key_id, recorded, id=event.key_id, revoked=True)


ON: Handlers[Batch] = {
    s.ServiceCreated: created,
    s.ServiceRoleSet: role_set,
    s.ServiceClosed: closed,
    s.KeyIssued: key_issued,
    s.KeyRetired: key_retired,
    s.KeyRevoked: key_revoked,
}

PROJECTION = Projection(
    name="services",
    events=frozenset(ON),
    schema=(Path(__file__).parent / "schema.sql").read_text(),
    tables=("service_accounts", "api_keys"),
    project=project,
)
