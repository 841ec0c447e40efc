"""Which amounts a role may see; the others are absent, not null."""

from typing import Any, Protocol

from infra.audit.lines import ViewName
from schemas.access import Role
from schemas.envelope import Actor

AMOUNTS: dict[Role | None, tuple[str, ...]] = {
    Role.TENANT_ADMIN: ("price",),
    Role.PARTNER_ADMIN: ("price", "commission"),
    Role.APP_ADMIN: ("price", "commission", "cost", "margin"),
}
"""Tenants see what they pay, partners what they earn of it, the platform what it costs."""


class Priced(Protocol):
    @property
    def price(self) -> Any: ...


VIEWS: dict[Role | None, tuple[ViewName, ...]] = {
    Role.TENANT_ADMIN: ("tenant",),
    Role.PARTNER_ADMIN: ("tenant", "partner"),
    Role.APP_ADMIN: ("tenant", "partner", "platform"),
}
"""The same, of sealed entries."""


def views(actor: Actor) -> tuple[ViewName, ...]:
    return VIEWS[actor.role]


def amounts(actor: Actor, row: Priced) -> dict[str, Any]:
    return {name: getattr(row, name) for name in AMOUNTS[actor.role]}
