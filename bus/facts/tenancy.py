from collections.abc import Iterable

from bus.facts.reading import Facts, Read
from contexts.tenancy.facts import ProvisioningFacts
from schemas.base import Command
from schemas.envelope import Envelope
from schemas.tenancy.commands import ProvisionTenant


def partner(command: ProvisionTenant, state: object, envelope: Envelope) -> Iterable[str]:
    return (f"partner-{command.partner_id}",)


def provisioning(
    command: ProvisionTenant, state: object, envelope: Envelope, read: Read
) -> ProvisioningFacts:
    return ProvisioningFacts(partner_exists=read(f"partner-{command.partner_id}") is not None)


FACTS: dict[type[Command], Facts] = {ProvisionTenant: Facts(partner, provisioning)}
