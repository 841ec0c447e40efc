"""Members of a place, and invitations to it."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field, SecretStr

from api.bodies import Body
from api.models.common import ID, NOW, OTHER_ID, Position, example
from api.models.identity import ANNA
from api.rows.teams import InvitationStatus
from schemas.access import Role
from schemas.identity.invitations import Days
from schemas.identity.types import Email
from schemas.personal import Redacted
from schemas.tenancy.types import Name

TOKEN = "hbi_q3m0…"


class Member(BaseModel):
    model_config = example(id=ID, email=ANNA["email"], name="Anna", role="tenant_admin", created_at=NOW)

    id: UUID
    email: str | Redacted
    name: str | Redacted
    role: Role
    created_at: datetime


class MemberPage(BaseModel):
    model_config = example(
        items=[{"id": ID, "email": ANNA["email"], "name": "Anna", "role": "tenant_admin", "created_at": NOW}],
        next_cursor=None,
    )

    items: list[Member]
    next_cursor: str | None


class RoleBody(Body):
    model_config = example(role="tenant_operator")

    role: Role


class InviteBody(Body):
    """`days`: how long the link in the letter is good for."""

    model_config = example(email="bo@acme.example", role="tenant_builder", days=7)

    email: Email
    role: Role
    days: Days = 7


class ResendBody(Body):
    model_config = example(days=7)

    days: Days = 7


class Invitation(BaseModel):
    model_config = example(
        id=ID,
        email="bo@acme.example",
        role="tenant_builder",
        status="pending",
        expires_at="2026-11-30T10:00:00Z",
        created_at=NOW,
    )

    id: UUID
    email: str | Redacted
    role: Role
    status: InvitationStatus
    expires_at: datetime
    created_at: datetime


class InvitationPage(BaseModel):
    model_config = example(
        items=[
            {"id": ID, "email": "bo@acme.example", "role": "tenant_builder", "status": "pending"}
            | {"expires_at": "2026-11-30T10:00:00Z", "created_at": NOW}
        ],
        next_cursor=None,
    )

    items: list[Invitation]
    next_cursor: str | None


class AcceptBody(Body):
    """Of somebody new: their name and the password they choose.

    Who has an account already proves it: by their password, or by the access token of the request.
    """

    model_config = example(token=TOKEN, name="Bo", password="correct horse battery")

    token: Annotated[SecretStr, Field(min_length=1, max_length=100)]
    name: Name | None = None
    password: Annotated[SecretStr, Field(min_length=1, max_length=128)] | None = None


class Accepted(BaseModel):
    """They belong there now, or very soon. They sign in as everybody does."""

    model_config = example(user_id=ID, tenant_id=OTHER_ID, partner_id=ID, role="tenant_builder", position=77)

    user_id: UUID
    tenant_id: UUID | None
    partner_id: UUID | None
    role: Role
    position: Position | None
