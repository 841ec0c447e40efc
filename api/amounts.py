"""Which amounts who may see; the others are absent, not null."""

from typing import Any, Protocol

from infra.audit.lines import ViewName
from schemas.access import Level
from schemas.envelope import Actor

AMOUNTS: dict[Level, tuple[str, ...]] = {
    "tenant": ("price",),
    "partner": ("price", "commission"),
    "platform": ("price", "commission", "cost", "margin"),
}
"""Tenants see what they pay, partners what they earn of it, the platform what it costs."""


class Priced(Protocol):
    @property
    def price(self) -> Any: ...


VIEWS: dict[Level, tuple[ViewName, ...]] = {
    "tenant": ("tenant",),
    "partner": ("tenant", "partner"),
    "platform": ("tenant", "partner", "platform"),
}
"""The same, of sealed entries."""


def level_of(actor: Actor) -> Level:
    """Of the least, for whom no role is known."""
    return actor.role.level if actor.role else "tenant"


def views(actor: Actor) -> tuple[ViewName, ...]:
    return VIEWS[level_of(actor)]


def amounts(actor: Actor, row: Priced) -> dict[str, Any]:
    return {name: getattr(row, name) for name in AMOUNTS[level_of(actor)]}
