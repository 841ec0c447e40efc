"""A session as a row."""

from typing import Any

from infra.identity.session_types import MAX_USER_AGENT, Client, Membership, Session
from schemas.access import Role
from schemas.base import PartnerId, TenantId

FIELDS = (
    *("id", "user_id", "generation", "token_hash", "created_at", "used_at", "rotated_at", "expires_at"),
    *("authenticated_at", "amr", "ip", "user_agent", "revoked_at", "revoked_because"),
)
"""Columns that are named as in Session. After them comes where it is."""

COLUMNS = ", ".join((*FIELDS, "role", "place_tenant", "place_partner"))


def session_from(row: tuple[Any, ...]) -> Session:
    fields: dict[str, Any] = dict(zip(FIELDS, row, strict=False))
    fields["amr"] = tuple(fields["amr"])
    return Session(**fields, membership=membership_from(*row[len(FIELDS) :]))


def membership_from(role: str | None, tenant: Any, partner: Any) -> Membership | None:
    return (
        Membership(Role(role), tenant and TenantId(tenant), partner and PartnerId(partner)) if role else None
    )


def membership_columns(membership: Membership | None) -> dict[str, Any]:
    return {
        "role": membership and membership.role,
        "tenant": membership and membership.tenant_id,
        "partner": membership and membership.partner_id,
    }


def client_columns(client: Client) -> dict[str, str]:
    return {"ip": client.ip, "user_agent": client.user_agent.replace("\0", "")[:MAX_USER_AGENT]}
