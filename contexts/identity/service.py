"""Accounts for programs at one place. They belong to the place and stay when their makers go."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from contexts.identity.errors import NotYourPlace, ServiceExists, ServiceNotFound, TooManyServices
from contexts.identity.team import require_fit, require_no_more_than, stands_over
from contexts.kernel import Aggregate, Context
from schemas.access import Permission, Role
from schemas.envelope import Actor
from schemas.identity import services as s
from schemas.identity.types import Place

MOST_SERVICES = 50
KeyEvent = s.KeyIssued | s.KeyRetired | s.KeyRevoked
ServiceEvent = s.ServiceCreated | s.ServiceRoleSet | s.ServiceClosed | KeyEvent


@dataclass(frozen=True)
class Key:
    label: str
    scopes: tuple[Permission, ...]
    networks: tuple[str, ...]
    expires_at: datetime
    retired: bool = False


@dataclass(frozen=True)
class Service:
    name: str
    role: Role
    keys: Mapping[UUID, Key] = field(default_factory=dict)


@dataclass(frozen=True)
class Services:
    """Those that are open."""

    known: Mapping[UUID, Service] = field(default_factory=dict)


def create(state: Services | None, command: s.CreateService, ctx: Context) -> list[s.ServiceCreated]:
    require_fit(command.role, command.place)
    require_own(ctx.actor, command.place, command.role)
    known = known_in(state)
    same = known.get(command.service_id)
    if same and (same.name, same.role) == (command.name, command.role):
        return []
    if same or any(service.name == command.name for service in known.values()):
        raise ServiceExists("there is a service account of this name")
    if len(known) >= MOST_SERVICES:
        raise TooManyServices(f"{MOST_SERVICES} is the limit")
    return [s.ServiceCreated(**dict(command))]


def set_role(state: Services | None, command: s.SetServiceRole, ctx: Context) -> list[s.ServiceRoleSet]:
    before = found(state, command.service_id).role
    require_fit(command.role, command.place)
    require_own(ctx.actor, command.place, before, command.role)
    return [s.ServiceRoleSet(**dict(command))] if before != command.role else []


def close(state: Services | None, command: s.CloseService, ctx: Context) -> list[s.ServiceClosed]:
    require_own(ctx.actor, command.place)
    found(state, command.service_id)
    return [s.ServiceClosed(**dict(command))]


def require_own(actor: Actor, place: Place, *roles: Role) -> None:
    """Of one's own place only: a program at a place below could do there what whoever made it may not."""
    if actor.is_ours:
        return
    inside = stands_over(actor, place) and actor.role is not None and actor.role.level == place.level
    if not inside or not actor.may(Permission.KEYS_MANAGE):
        raise NotYourPlace("these are not your service accounts to manage")
    require_no_more_than(actor, place, *roles)


def known_in(state: Services | None) -> Mapping[UUID, Service]:
    return state.known if state else {}


def found(state: Services | None, service_id: UUID) -> Service:
    service = known_in(state).get(service_id)
    if service is None:
        raise ServiceNotFound("there is no such service account")
    return service


def evolve(state: Services | None, event: ServiceEvent) -> Services:
    known = dict(known_in(state))
    match event:
        case s.ServiceCreated():
            known[event.service_id] = Service(event.name, event.role)
        case s.ServiceClosed():
            known.pop(event.service_id, None)
        case s.ServiceRoleSet():
            known[event.service_id] = replace(known[event.service_id], role=event.role)
        case _:
            service = known[event.service_id]
            known[event.service_id] = replace(service, keys=keys_after(service.keys, event))
    return Services(known)


def keys_after(keys: Mapping[UUID, Key], event: KeyEvent) -> Mapping[UUID, Key]:
    """A new one brushes away those whose time is over."""
    if isinstance(event, s.KeyIssued):
        live = {id_: key for id_, key in keys.items() if key.expires_at > event.issued_at}
        return {**live, event.key_id: Key(event.label, event.scopes, event.networks, event.expires_at)}
    if isinstance(event, s.KeyRetired):
        return {**keys, event.key_id: replace(keys[event.key_id], expires_at=event.expires_at, retired=True)}
    return {id_: key for id_, key in keys.items() if id_ != event.key_id}


SERVICES = Aggregate("services", Services, evolve, snapshot_every=200)
