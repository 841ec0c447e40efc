"""What a letter is, sealed and opened, and what each kind of letter must say."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Literal, NamedTuple
from uuid import UUID

from pydantic import Field, StringConstraints

from schemas.base import Value
from schemas.personal import Personal

Template = Literal[
    "verify_email",
    "account_exists",
    "reset_password",
    "invitation",
    "unlock_account",
    "session_compromised",
    "impersonation_started",
    "impersonation_seen",
    "new_sign_in_method",
    "erased",
]
ValueName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z_]{0,39}$")]
Plain = Annotated[str, StringConstraints(max_length=2000)]
Locale = Annotated[str, StringConstraints(pattern=r"^[a-z]{2}(-[A-Z]{2})?$")]


class Needs(NamedTuple):
    """The names of a letter's values. What is about somebody, or opens something, is sealed."""

    plain: frozenset[str]
    sealed: frozenset[str]


def needs(plain: str, sealed: str) -> Needs:
    return Needs(frozenset(plain.split()), frozenset(sealed.split()))


NEEDS: Mapping[Template, Needs] = {
    "verify_email": needs("minutes", "code link"),
    "account_exists": needs("link", ""),
    "reset_password": needs("minutes", "code link"),
    "invitation": needs("place role days", "inviter link"),
    "unlock_account": needs("minutes", "code link"),
    "session_compromised": needs("at", "device"),
    "impersonation_started": needs("place reason until", "by"),
    "impersonation_seen": needs("place reason until", "by user"),
    "new_sign_in_method": needs("method at", ""),
    "erased": needs("at", ""),
}
OPTIONAL = needs("brand_name brand_colour brand_logo", "name")
"""Of every letter: how its partner looks, what its reader is called."""


class Letter(Value):
    """As it is stored. `good_until`: after that nobody wants it any more."""

    letter_id: UUID
    to: Personal
    template: Template
    values: dict[ValueName, Plain] = Field(max_length=20)
    sealed: dict[ValueName, Personal] = Field(max_length=20)
    locale: Locale = "en"
    good_until: datetime | None = None


class Mail(Value):
    """A letter opened, on its way out. It is never stored."""

    letter_id: UUID
    to: str
    template: Template
    values: dict[str, str]
    locale: str
    written_at: datetime
