from datetime import datetime
from uuid import UUID

from pydantic import BaseModel

from api.bodies import Body
from api.models.common import ID, NOW, example
from api.models.identity import ANNA
from api.models.sessions import MEMBERSHIP, SESSION, MembershipItem, SessionItem
from schemas.identity.types import FactorKind
from schemas.personal import Redacted
from schemas.tenancy.types import Name


class RenameBody(Body):
    model_config = example(name="Anna Berg")

    name: Name


class FactorItem(BaseModel):
    kind: FactorKind
    label: str
    created_at: datetime | None


class IdentityItem(BaseModel):
    provider: str
    linked_at: datetime


class AccessItem(BaseModel):
    at: datetime
    method: str
    route: str
    status: int
    ip: str
    user_agent: str
    impersonator: str | None


class Account(BaseModel):
    id: UUID
    email: str | Redacted
    name: str | Redacted
    verified: bool
    created_at: datetime


class AccountExport(BaseModel):
    """All about you as a person. What your tenants have is exported with them."""

    model_config = example(
        account={"id": ID, "email": ANNA["email"], "name": "Anna", "verified": True, "created_at": NOW},
        memberships=[MEMBERSHIP],
        sessions=[SESSION],
        factors=[{"kind": "totp", "label": "authenticator app", "created_at": None}],
        identities=[{"provider": "google", "linked_at": NOW}],
        accesses=[
            {
                "at": NOW,
                "method": "POST",
                "route": "/auth/token",
                "status": 200,
                "ip": "203.0.113.7",
                "user_agent": "Firefox",
                "impersonator": None,
            }
        ],
    )

    account: Account
    memberships: list[MembershipItem]
    sessions: list[SessionItem]
    factors: list[FactorItem]
    identities: list[IdentityItem]
    accesses: list[AccessItem]


class ErasureReceipt(BaseModel):
    """`touched`: how many rows, by what they are of. null: under way."""

    model_config = example(user_id=ID, done_at=NOW, touched={"keys": 1, "sessions": 2, "memberships": 1})

    user_id: UUID
    done_at: datetime | None
    touched: dict[str, int] | None
