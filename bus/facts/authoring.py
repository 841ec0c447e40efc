from collections.abc import Iterable

from bus.facts.reading import SYSTEM_RATES, Facts, Read
from contexts.authoring.facts import AuthoringFacts
from contexts.billing.rate_card import RateCard
from contexts.billing.rate_card import known_models as known_models_of
from schemas.authoring.commands import CreateAgent, CreateWorkflow, ReviseWorkflow
from schemas.base import Command
from schemas.envelope import Envelope


def system_rates(command: Command, state: object, envelope: Envelope) -> Iterable[str]:
    return (SYSTEM_RATES,)


def known_models(command: Command, state: object, envelope: Envelope, read: Read) -> AuthoringFacts:
    """A model is known when it has a rate: nothing can be run that could not be priced."""
    rates: RateCard | None = read(SYSTEM_RATES)
    return AuthoringFacts(known_models_of(rates))


FACTS: dict[type[Command], Facts] = {
    command: Facts(system_rates, known_models) for command in (CreateAgent, CreateWorkflow, ReviseWorkflow)
}
