from collections.abc import Iterable

from bus.facts.reading import SYSTEM_RATES, Facts, Read
from contexts.authoring.facts import AuthoringFacts, ToolFacts
from contexts.authoring.secret import Secret
from contexts.authoring.tool_checks import named_secrets
from contexts.billing.rate_card import RateCard
from contexts.billing.rate_card import known_models as known_models_of
from schemas.authoring.commands import CreateAgent, CreateWorkflow, ReviseWorkflow, SetTool
from schemas.base import Command
from schemas.envelope import Envelope


def system_rates(command: Command, state: object, envelope: Envelope) -> Iterable[str]:
    return (SYSTEM_RATES,)


def known_models(command: Command, state: object, envelope: Envelope, read: Read) -> AuthoringFacts:
    """A model is known when it has a rate: nothing can be run that could not be priced."""
    rates: RateCard | None = read(SYSTEM_RATES)
    return AuthoringFacts(known_models_of(rates))


def secrets_of_tool(command: SetTool, state: object, envelope: Envelope) -> Iterable[str]:
    return (secret_stream(name, envelope) for name in named_secrets(command.definition))


def known_secrets(command: SetTool, state: object, envelope: Envelope, read: Read) -> ToolFacts:
    found: dict[str, Secret | None] = {
        name: read(secret_stream(name, envelope)) for name in named_secrets(command.definition)
    }
    return ToolFacts(frozenset(name for name, secret in found.items() if secret and not secret.removed))


def secret_stream(name: str, envelope: Envelope) -> str:
    return f"secret-{envelope.tenant_id}-{name}"


FACTS: dict[type[Command], Facts] = {
    **{
        command: Facts(system_rates, known_models)
        for command in (CreateAgent, CreateWorkflow, ReviseWorkflow)
    },
    SetTool: Facts(secrets_of_tool, known_secrets),
}
