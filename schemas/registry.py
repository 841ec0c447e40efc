"""Stored name <-> class, and the road from old versions of an event to the newest."""

from collections.abc import Callable, Iterable
from types import ModuleType
from typing import Any, TypeVar

from pydantic_core import from_json

import schemas.authoring.commands
import schemas.authoring.events
import schemas.authoring.upcasts
import schemas.billing.carryover
import schemas.billing.commands
import schemas.billing.corrections
import schemas.billing.dunning
import schemas.billing.events
import schemas.billing.invoices
import schemas.billing.issuers
import schemas.billing.partner_budgets
import schemas.billing.payment_accounts
import schemas.billing.payments
import schemas.billing.taxes
import schemas.billing.thresholds
import schemas.billing.upcasts
import schemas.billing.wallets
import schemas.execution.commands
import schemas.execution.events
import schemas.identity.commands
import schemas.identity.events
import schemas.identity.invitations
import schemas.identity.services
import schemas.identity.support
import schemas.notifications.commands
import schemas.notifications.events
import schemas.tenancy.commands
import schemas.tenancy.erasure
import schemas.tenancy.events
import schemas.tenancy.life
import schemas.tenancy.partners
from schemas.base import Command, Event

M = TypeVar("M", Command, Event)
Upcast = Callable[[dict[str, Any]], dict[str, Any]]

UPCASTS: dict[tuple[str, int], Upcast] = {
    **schemas.authoring.upcasts.UPCASTS,
    **schemas.billing.upcasts.UPCASTS,
}
"""`(type name, old version)` -> the step to the next version."""

CONTEXTS = (
    (schemas.identity.commands, schemas.identity.events),
    (schemas.identity.invitations, schemas.identity.invitations),
    (schemas.identity.services, schemas.identity.services),
    (schemas.identity.support, schemas.identity.support),
    (schemas.tenancy.commands, schemas.tenancy.events),
    (schemas.tenancy.partners, schemas.tenancy.partners),
    (schemas.tenancy.life, schemas.tenancy.life),
    (schemas.tenancy.erasure, schemas.tenancy.erasure),
    (schemas.authoring.commands, schemas.authoring.events),
    (schemas.execution.commands, schemas.execution.events),
    (schemas.billing.commands, schemas.billing.events),
    (schemas.billing.corrections, schemas.billing.corrections),
    (schemas.billing.partner_budgets, schemas.billing.partner_budgets),
    (schemas.billing.thresholds, schemas.billing.thresholds),
    (schemas.billing.wallets, schemas.billing.wallets),
    (schemas.billing.issuers, schemas.billing.issuers),
    (schemas.billing.taxes, schemas.billing.taxes),
    (schemas.billing.invoices, schemas.billing.invoices),
    (schemas.billing.carryover, schemas.billing.carryover),
    (schemas.billing.payment_accounts, schemas.billing.payment_accounts),
    (schemas.billing.payments, schemas.billing.payments),
    (schemas.billing.dunning, schemas.billing.dunning),
    (schemas.notifications.commands, schemas.notifications.events),
)


def classes(modules: Iterable[ModuleType], base: type[M]) -> dict[str, type[M]]:
    found: dict[str, type[M]] = {}
    for module in modules:
        for cls in vars(module).values():
            if isinstance(cls, type) and issubclass(cls, base) and cls.__module__ == module.__name__:
                if cls.type_name in found:
                    raise ValueError(f"{cls.type_name} names two classes")
                found[cls.type_name] = cls
    return found


COMMANDS: dict[str, type[Command]] = classes((c for c, _ in CONTEXTS), Command)
EVENTS: dict[str, type[Event]] = classes((e for _, e in CONTEXTS), Event)


def event_from(type_name: str, version: int, data: bytes) -> Event:
    """The event of this JSON in its newest version.

    Unknown name or missing upcast: KeyError, a programming error.
    """
    cls = EVENTS[type_name]
    if version == cls.type_version:
        return cls.model_validate_json(data)
    fields = from_json(data)
    for old in range(version, cls.type_version):
        fields = UPCASTS[type_name, old](fields)
    return cls.model_validate(fields)


def command_from(type_name: str, data: dict[str, Any]) -> Command:
    """ValidationError when the data do not fit, KeyError when nobody knows the name."""
    return COMMANDS[type_name].model_validate(data)
