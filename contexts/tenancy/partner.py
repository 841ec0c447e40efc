"""A reseller: brings tenants, sets what they pay, keeps a share."""

from dataclasses import dataclass

from contexts.kernel import Aggregate, Context
from contexts.tenancy.errors import PartnerExists
from schemas.base import PartnerId
from schemas.identity.types import Person
from schemas.tenancy.commands import CreatePartner
from schemas.tenancy.events import PartnerCreated
from schemas.tenancy.types import PartnerTerms


@dataclass(frozen=True)
class Partner:
    partner_id: PartnerId
    name: str
    terms: PartnerTerms
    admin: Person | None


def create(state: Partner | None, command: CreatePartner, ctx: Context) -> list[PartnerCreated]:
    event = PartnerCreated(**dict(command))
    if state is None:
        return [event]
    if state == evolve(None, event):
        return []
    raise PartnerExists(f"partner {command.partner_id} exists with other details")


def evolve(state: Partner | None, event: PartnerCreated) -> Partner:
    return Partner(**dict(event))


PARTNER = Aggregate("partner", Partner, evolve)
