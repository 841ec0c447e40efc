from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, StringConstraints

from schemas.access import Level
from schemas.base import PLATFORM, Claim, PartnerId, TenantId, UserId, Value
from schemas.coded import coded
from schemas.email import MAX_LENGTH, BadEmail, normalised
from schemas.personal import BlindIndex, Personal


def email(address: str) -> str:
    try:
        return normalised(address)
    except BadEmail as error:
        raise coded(error.code, error.message) from error


Email = Annotated[
    str,
    StringConstraints(strip_whitespace=True, max_length=MAX_LENGTH, pattern=r"^[^@\s]+@[^@\s]+$"),
    AfterValidator(email),
]


class Person(Value):
    """Somebody who can log in. What proves it is them never travels."""

    user_id: UserId
    email: Personal
    email_index: BlindIndex
    name: Personal

    @property
    def claim(self) -> Claim:
        """One account per address."""
        return Claim("email", self.email_index, f"user-{self.user_id}")


class ProviderAccount(Value):
    """An account at another provider that somebody signs in with."""

    provider: str
    subject_index: BlindIndex
    subject: Personal

    def claim(self, user_id: UserId) -> Claim:
        """It is one person's."""
        return Claim("identity", self.subject_index, f"user-{user_id}")


FactorKind = Literal["totp", "passkey", "recovery_codes"]
Label = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60)]
Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]


class Place(Value):
    """Where a role holds: at a tenant, at a partner, or, both absent, at the platform."""

    partner_id: PartnerId | None = None
    tenant_id: TenantId | None = None

    @property
    def id(self) -> UUID:
        return self.tenant_id or self.partner_id or PLATFORM

    @property
    def level(self) -> Level:
        if self.tenant_id:
            return "tenant"
        return "partner" if self.partner_id else "platform"
