from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from projections.kernel import Connection
from projections.reading import Before, many, one, page

SERVICE = """
SELECT id, place_id, nullif(tenant_id, '00000000-0000-0000-0000-000000000000') AS tenant_id, partner_id,
    name, role, closed, created_at
FROM service_accounts"""
KEY = """
SELECT k.id, k.service_id, nullif(k.tenant_id, '00000000-0000-0000-0000-000000000000') AS tenant_id,
    k.partner_id, s.role, k.prefix, k.label, k.scopes, k.networks, k.revoked OR s.closed AS revoked,
    k.expires_at, k.created_at
FROM api_keys k JOIN service_accounts s ON s.id = k.service_id"""
BY_HASH = f"{KEY} WHERE k.hash = %(hash)s"
OF_SERVICE = f"{KEY} WHERE k.service_id = %(id)s ORDER BY k.created_at DESC, k.id LIMIT 200"


@dataclass(frozen=True, slots=True)
class Service:
    id: UUID
    place_id: UUID
    tenant_id: UUID | None
    partner_id: UUID | None
    name: str
    role: str
    closed: bool
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Key:
    """`role`: of its account, as it is now."""

    id: UUID
    service_id: UUID
    tenant_id: UUID | None
    partner_id: UUID | None
    role: str
    prefix: str
    label: str
    scopes: list[str]
    networks: list[str]
    revoked: bool
    expires_at: datetime
    created_at: datetime


async def get(conn: Connection, service_id: UUID) -> Service | None:
    return await one(conn, Service, f"{SERVICE} WHERE id = %(id)s", {"id": service_id})


async def list_page(
    conn: Connection, place_id: UUID, before: Before | None = None, limit: int = 50
) -> list[Service]:
    return await page(conn, Service, SERVICE, before, limit, place_id=place_id)


async def keys_of(conn: Connection, service_id: UUID) -> list[Key]:
    """Newest first, with those that count no more."""
    return await many(conn, Key, OF_SERVICE, {"id": service_id})


async def key(conn: Connection, key_id: UUID) -> Key | None:
    return await one(conn, Key, f"{KEY} WHERE k.id = %(id)s", {"id": key_id})


async def key_by_hash(conn: Connection, key_hash: str) -> Key | None:
    """Needs the platform's scope: whose it is the key itself says."""
    return await one(conn, Key, BY_HASH, {"hash": key_hash})
