from datetime import datetime
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import BaseModel, Field, SecretStr, model_validator
from pydantic_core import PydanticCustomError

from api.bodies import Body
from api.models.common import ID, NOW, OTHER_ID, example
from api.models.factors import Answer
from api.models.identity import ANNA
from api.models.mail_proofs import Code, MailProof
from api.models.registering import Chosen
from schemas.access import Level, Role
from schemas.identity.types import Email

Typed = Annotated[SecretStr, Field(max_length=1024)]
"""A password as somebody remembers it."""

SESSION = {
    "id": ID,
    "current": True,
    "methods": ["mfa", "otp", "pwd"],
    "ip": "203.0.113.7",
    "user_agent": "Firefox",
    "created_at": NOW,
    "used_at": NOW,
    "expires_at": NOW,
}
MEMBERSHIP = {
    "place_id": ID,
    "level": "tenant",
    "name": "Acme",
    "role": "tenant_admin",
    "tenant_id": ID,
    "partner_id": OTHER_ID,
    "current": True,
}


class ResetPasswordBody(MailProof):
    model_config = example(link="q5mBrdQxP2kzTq1jJw0Xlg", password="seven blue lanterns drift")

    password: Chosen


class ChangePasswordBody(Body):
    """`current` may be left out for some minutes after signing in or stepping up."""

    model_config = example(current=ANNA["password"], password="seven blue lanterns drift")

    current: Typed | None = None
    password: Chosen


class UnlockBody(MailProof):
    model_config = example(link="q5mBrdQxP2kzTq1jJw0Xlg")


class Changed(BaseModel):
    """`ended`: how many sessions that signed out."""

    model_config = example(ended=2)

    ended: int


class Opened(BaseModel):
    model_config = example(status="done")

    status: str = "done"


class SessionItem(BaseModel):
    """One sign-in. `methods`: what was shown, in the words of RFC 8176."""

    model_config = example(**SESSION)

    id: UUID
    current: bool
    methods: list[str]
    ip: str
    user_agent: str
    created_at: datetime
    used_at: datetime
    expires_at: datetime


class SessionList(BaseModel):
    """The last used first; fifty at most."""

    model_config = example(items=[SESSION])

    items: list[SessionItem]


class MembershipItem(BaseModel):
    """A role at one place: a tenant, a partner, the platform. `current`: what this token is for."""

    model_config = example(**MEMBERSHIP)

    place_id: UUID
    level: Level
    name: str
    role: Role
    tenant_id: UUID | None
    partner_id: UUID | None
    current: bool


class MembershipList(BaseModel):
    model_config = example(items=[MEMBERSHIP])

    items: list[MembershipItem]


class SwitchBody(Body):
    """One of your memberships' places."""

    model_config = example(place_id=ID)

    place_id: UUID


class StepUpBody(Body):
    """Exactly one of these."""

    model_config = example(totp="287082")

    password: Typed | None = None
    totp: Code | None = None
    recovery_code: Code | None = None
    passkey: Answer | None = None

    @model_validator(mode="after")
    def one_way(self) -> Self:
        if len(self.model_dump(exclude_none=True)) != 1:
            raise PydanticCustomError("one_way", "Send exactly one way to show who you are.")
        return self

    @property
    def way(self) -> tuple[str, Any]:
        [name] = self.model_dump(exclude_none=True)
        value = getattr(self, name)
        return name, value.get_secret_value() if isinstance(value, SecretStr) else value


class OpenSessionBody(Body):
    """E-mail address and password; or a refresh token, however it was come by, that the cookie takes over."""

    model_config = example(email=ANNA["email"], password=ANNA["password"])

    email: Email | None = None
    password: Typed | None = None
    refresh_token: Annotated[str | None, Field(max_length=512)] = None

    @model_validator(mode="after")
    def one_way(self) -> Self:
        by_password = (self.email is not None, self.password is not None)
        if by_password not in ((True, True), (False, False)) or all(by_password) == bool(self.refresh_token):
            raise PydanticCustomError("one_way", "Send email and password, or refresh_token alone.")
        return self


class Kept(BaseModel):
    """The session is in the cookie. `expires_in`: seconds until the edge renews it by itself."""

    model_config = example(expires_in=600, refresh_expires_at=NOW)

    expires_in: int
    refresh_expires_at: datetime
