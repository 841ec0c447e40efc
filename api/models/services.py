"""Accounts for programs, and their keys."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, Field

from api.bodies import Body
from api.models.common import ID, NOW, OTHER_ID, Position, example
from schemas.access import Permission, Role
from schemas.identity.secrets import Network
from schemas.identity.services import KeyDays, Overlap
from schemas.identity.types import Label
from schemas.tenancy.types import Name

SERVICE = {"id": ID, "name": "Nightly import", "role": "tenant_operator", "closed": False, "created_at": NOW}
KEY: dict[str, Any] = {
    "id": OTHER_ID,
    "prefix": "kq7d2mzx",
    "label": "CI",
    "scopes": ["executions:read", "executions:start"],
    "networks": ["203.0.113.0/24"],
    "revoked": False,
    "expires_at": "2027-02-21T10:00:00Z",
    "created_at": NOW,
    "last_used_at": NOW,
    "last_used_from": "203.0.113.7",
}


class ServiceBody(Body):
    model_config = example(name="Nightly import", role="tenant_operator")

    name: Name
    role: Role


class ServiceRoleBody(Body):
    model_config = example(role="tenant_viewer")

    role: Role


class IssueKeyBody(Body):
    """`scopes`: what it is for, within its account's role. `networks`: where it counts; none: everywhere."""

    model_config = example(
        label="CI", scopes=["executions:read", "executions:start"], networks=["203.0.113.0/24"], days=90
    )

    label: Label
    scopes: Annotated[list[Permission], Field(min_length=1, max_length=100)]
    networks: Annotated[list[Network], Field(max_length=20, default_factory=list)]
    days: KeyDays = 90


class RotateKeyBody(Body):
    """The old key counts for `overlap_minutes` more: time to put the new one everywhere."""

    model_config = example(days=90, overlap_minutes=60)

    days: KeyDays = 90
    overlap_minutes: Overlap = 60


class Service(BaseModel):
    model_config = example(**SERVICE)

    id: UUID
    name: str
    role: Role
    closed: bool
    created_at: datetime


class ServicePage(BaseModel):
    model_config = example(items=[SERVICE], next_cursor=None)

    items: list[Service]
    next_cursor: str | None


class Key(BaseModel):
    """`last_used_at` and `last_used_from` may be some seconds behind."""

    model_config = example(**KEY)

    id: UUID
    prefix: str
    label: str
    scopes: list[Permission]
    networks: list[str]
    revoked: bool
    expires_at: datetime
    created_at: datetime
    last_used_at: datetime | None
    last_used_from: str | None


class ServiceWithKeys(Service):
    model_config = example(**SERVICE, keys=[KEY])

    keys: list[Key]


class NewKey(BaseModel):
    """`key` is shown this once. Send it as `Authorization: Bearer …` or `X-API-Key`."""

    model_config = example(id=OTHER_ID, key="hbk_kq7d2mzx_9f2K…", position=88)

    id: UUID
    key: str
    position: Position
