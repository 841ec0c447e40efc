"""A reseller: brings tenants, sets what they pay, keeps a share."""

from dataclasses import dataclass, field, replace

from contexts.kernel import Aggregate, Context
from contexts.tenancy.errors import (
    NotYourPartner,
    PartnerExists,
    PartnerHasTenants,
    PartnerIsClosed,
    PartnerNotFound,
)
from schemas.base import PartnerId, TenantId
from schemas.tenancy.commands import CreatePartner
from schemas.tenancy.events import PartnerCreated
from schemas.tenancy.partners import (
    ClosePartner,
    PartnerClosed,
    PartnerRevised,
    PartnerTenantAdded,
    PartnerTenantClosed,
    PartnerTenantRemoved,
    RevisePartner,
)
from schemas.tenancy.profile import Branding, ProfileSettings

PartnerEvent = (
    PartnerCreated
    | PartnerRevised
    | PartnerClosed
    | PartnerTenantAdded
    | PartnerTenantRemoved
    | PartnerTenantClosed
)


@dataclass(frozen=True)
class Partner:
    """`tenants`: those that are open. `first`: what it was created with, to tell a repetition."""

    partner_id: PartnerId
    name: str
    first: PartnerCreated
    settings: ProfileSettings = field(default_factory=ProfileSettings)
    branding: Branding = field(default_factory=Branding)
    tenants: frozenset[TenantId] = frozenset()
    closed: bool = False


def create(state: Partner | None, command: CreatePartner, ctx: Context) -> list[PartnerCreated]:
    event = PartnerCreated(**dict(command))
    if state is None:
        return [event]
    if state.first == event:
        return []
    raise PartnerExists(f"partner {command.partner_id} exists with other details")


def revise(state: Partner | None, command: RevisePartner, ctx: Context) -> list[PartnerRevised]:
    partner = open_own(state, command.partner_id, ctx)
    event = PartnerRevised(**dict(command))
    return [] if evolve(partner, event) == partner else [event]


def close(state: Partner | None, command: ClosePartner, ctx: Context) -> list[PartnerClosed]:
    partner = found(state, command.partner_id)
    if partner.closed:
        return []
    if partner.tenants:
        raise PartnerHasTenants(f"{len(partner.tenants)} of its tenants are open")
    return [PartnerClosed(**dict(command))]


def found(state: Partner | None, partner_id: PartnerId) -> Partner:
    if state is None:
        raise PartnerNotFound(f"there is no partner {partner_id}")
    return state


def open_own(state: Partner | None, partner_id: PartnerId, ctx: Context) -> Partner:
    partner = found(state, partner_id)
    if ctx.actor.partner_id not in (None, partner_id):
        raise NotYourPartner("this is another partner")
    if partner.closed:
        raise PartnerIsClosed(f"partner {partner_id} is closed")
    return partner


def evolve(state: Partner | None, event: PartnerEvent) -> Partner | None:
    if isinstance(event, PartnerCreated):
        return Partner(event.partner_id, event.name, event)
    if state is None:
        return None
    match event:
        case PartnerRevised():
            return replace(
                state,
                name=event.name or state.name,
                settings=event.settings or state.settings,
                branding=event.branding or state.branding,
            )
        case PartnerClosed():
            return replace(state, closed=True)
        case PartnerTenantAdded():
            return replace(state, tenants=state.tenants | {event.tenant_id})
    return replace(state, tenants=state.tenants - {event.tenant_id})


PARTNER = Aggregate("partner", Partner, evolve, snapshot_every=200)
