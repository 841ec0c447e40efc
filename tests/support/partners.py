"""Whose tenants are whose now, where no event has said so."""

from uuid import UUID

import psycopg

PUT = """
INSERT INTO partner_tenants_v1 (tenant_id, partner_id, since, created_at, updated_at, position)
VALUES (%s, %s, now(), now(), now(), 1)"""


def put_under(url: str, tenant_id: UUID, partner_id: UUID) -> None:
    """As the database's owner."""
    with psycopg.connect(url, autocommit=True) as conn:
        conn.execute(PUT, (tenant_id, partner_id))
