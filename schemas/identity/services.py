"""Accounts for programs at one place, and the keys they come with."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from schemas.access import Permission, Role
from schemas.base import Command, Event
from schemas.identity.commands import OfTeam
from schemas.identity.secrets import KeyPrefix, Network, SecretHash
from schemas.identity.types import Label, Place
from schemas.tenancy.types import Name

KeyDays = Annotated[int, Field(ge=1, le=366)]
Overlap = Annotated[int, Field(ge=0, le=7 * 24 * 60)]
Scopes = Annotated[tuple[Permission, ...], Field(min_length=1, max_length=100)]
Networks = Annotated[tuple[Network, ...], Field(max_length=20)]


class CreateService(OfTeam, Command, type_name="identity.services.create", stream="services-{0.place.id}"):
    place: Place
    service_id: UUID
    name: Name
    role: Role


class SetServiceRole(OfTeam, Command, type_name="identity.services.set_role", stream="services-{0.place.id}"):
    """Its keys do from now on what both their scopes and this role allow."""

    place: Place
    service_id: UUID
    role: Role


class CloseService(OfTeam, Command, type_name="identity.services.close", stream="services-{0.place.id}"):
    place: Place
    service_id: UUID


class IssueKey(OfTeam, Command, type_name="identity.services.issue_key", stream="services-{0.place.id}"):
    place: Place
    service_id: UUID
    key_id: UUID
    prefix: KeyPrefix
    hash: SecretHash
    label: Label
    scopes: Scopes
    networks: Networks = ()
    days: KeyDays = 90


class RotateKey(OfTeam, Command, type_name="identity.services.rotate_key", stream="services-{0.place.id}"):
    """A new key that may do the same; the old one counts for `overlap_minutes` more."""

    place: Place
    service_id: UUID
    key_id: UUID
    new_id: UUID
    prefix: KeyPrefix
    hash: SecretHash
    days: KeyDays = 90
    overlap_minutes: Overlap = 60


class RevokeKey(OfTeam, Command, type_name="identity.services.revoke_key", stream="services-{0.place.id}"):
    place: Place
    service_id: UUID
    key_id: UUID


class ServiceCreated(Event, type_name="identity.services.created"):
    place: Place
    service_id: UUID
    name: str
    role: Role


class ServiceRoleSet(Event, type_name="identity.services.role_set"):
    place: Place
    service_id: UUID
    role: Role


class ServiceClosed(Event, type_name="identity.services.closed"):
    place: Place
    service_id: UUID


class KeyIssued(Event, type_name="identity.services.key_issued"):
    place: Place
    service_id: UUID
    key_id: UUID
    prefix: KeyPrefix
    hash: SecretHash
    label: str
    scopes: tuple[Permission, ...]
    networks: tuple[str, ...]
    issued_at: datetime
    expires_at: datetime


class KeyRetired(Event, type_name="identity.services.key_retired"):
    """Another key was issued in its place; until then both count."""

    place: Place
    service_id: UUID
    key_id: UUID
    expires_at: datetime


class KeyRevoked(Event, type_name="identity.services.key_revoked"):
    place: Place
    service_id: UUID
    key_id: UUID
