"""Merges the contexts' pages into one. Duplicates, orphans and unknown names fail here, at start."""

from collections.abc import Iterable, Mapping

from bus.facts import authoring as authoring_facts
from bus.facts import billing as billing_facts
from bus.facts import execution as execution_facts
from bus.facts import identity as identity_facts
from bus.facts import invoices as invoice_facts
from bus.facts import payments as payment_facts
from bus.facts import tenancy as tenancy_facts
from bus.facts.reading import Facts
from contexts.authoring import registry as authoring
from contexts.billing import registry as billing
from contexts.execution import registry as execution
from contexts.identity import registry as identity
from contexts.kernel import Effect, Handler, Policy, Registry
from contexts.notifications import registry as notifications
from contexts.tenancy import registry as tenancy
from schemas.base import Command
from schemas.registry import COMMANDS

REGISTRIES: tuple[Registry, ...] = (
    identity.REGISTRY,
    tenancy.REGISTRY,
    authoring.REGISTRY,
    execution.REGISTRY,
    billing.REGISTRY,
    notifications.REGISTRY,
)

FACTS: dict[type[Command], Facts] = {
    **identity_facts.FACTS,
    **tenancy_facts.FACTS,
    **authoring_facts.FACTS,
    **execution_facts.FACTS,
    **billing_facts.FACTS,
    **invoice_facts.FACTS,
    **payment_facts.FACTS,
}


def handlers_of(registries: Iterable[Registry]) -> dict[str, Handler]:
    """Exactly one handler per command of the registry of schemas."""
    found: dict[str, Handler] = {}
    for handler in (handler for registry in registries for handler in registry.handlers):
        if handler.command.type_name in found:
            raise ValueError(f"two handlers for {handler.command.type_name}")
        found[handler.command.type_name] = handler
    if found.keys() != COMMANDS.keys():
        raise ValueError(f"commands without a handler: {sorted(COMMANDS.keys() - found.keys())}")
    return found


def unique(items: Iterable[Policy] | Iterable[Effect]) -> None:
    """Names of policies and effects are part of command ids: they are for ever, and one's own."""
    seen: set[str] = set()
    for item in items:
        if item.name in seen:
            raise ValueError(f"two policies or effects named {item.name}")
        seen.add(item.name)


def policies_by_context() -> Mapping[str, tuple[Policy, ...]]:
    return {r.context: tuple(r.policies) for r in REGISTRIES if r.policies}


def effects_by_context() -> Mapping[str, tuple[Effect, ...]]:
    return {r.context: tuple(r.effects) for r in REGISTRIES if r.effects}


HANDLERS = handlers_of(REGISTRIES)
for _registry in REGISTRIES:
    unique(_registry.policies)
    unique(_registry.effects)
