from collections.abc import Iterable

from bus.facts.reading import Facts, Read
from contexts.tenancy.facts import PartnerFacts
from contexts.tenancy.partner import Partner
from contexts.tenancy.tenant import Tenant
from schemas.base import Command, PartnerId
from schemas.envelope import Envelope
from schemas.tenancy import life
from schemas.tenancy.commands import ProvisionTenant


def partner_stream(partner_id: PartnerId) -> str:
    return f"partner-{partner_id}"


def its_partner(command: ProvisionTenant, state: object, envelope: Envelope) -> Iterable[str]:
    return (partner_stream(command.partner_id),)


def provisioning(command: ProvisionTenant, state: object, envelope: Envelope, read: Read) -> PartnerFacts:
    return facts_of(read(partner_stream(command.partner_id)))


def both_partners(command: life.TransferTenant, state: Tenant | None, envelope: Envelope) -> Iterable[str]:
    yield partner_stream(command.to_partner)
    yield from present_partner(command, state, envelope)


def transferring(command: life.TransferTenant, state: object, envelope: Envelope, read: Read) -> PartnerFacts:
    return facts_of(read(partner_stream(command.to_partner)))


def facts_of(partner: Partner | None) -> PartnerFacts:
    return PartnerFacts(exists=partner is not None, closed=partner is not None and partner.closed)


def present_partner(command: Command, state: Tenant | None, envelope: Envelope) -> Iterable[str]:
    """Its stream is told of the tenant's end."""
    return (partner_stream(state.partner_id),) if state else ()


def nothing(command: Command, state: object, envelope: Envelope, read: Read) -> None:
    return None


FACTS: dict[type[Command], Facts] = {
    ProvisionTenant: Facts(its_partner, provisioning),
    life.TransferTenant: Facts(both_partners, transferring),
    life.BeginClosing: Facts(present_partner, nothing),
    life.CloseTenant: Facts(present_partner, nothing),
}
