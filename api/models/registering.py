from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, Field, SecretStr

from api.bodies import Body
from api.models.common import ID, example
from api.models.identity import ANNA, TOKEN, Token
from api.models.mail_proofs import MailProof
from schemas.identity.types import Email
from schemas.tenancy.types import Name, Subdomain

Chosen = Annotated[SecretStr, Field(max_length=1024)]
"""A password somebody chooses. Its rules are told all at once, so they are not part of the form."""


class RegisterBody(Body):
    """The password has 12 to 128 characters, says little of you, and is in no list of leaked ones.

    The subdomain is made of the company's name, or is another one, when it is not given or taken.
    """

    model_config = example(**ANNA, company="Acme", subdomain="acme")

    email: Email
    name: Name
    password: Chosen
    company: Name
    subdomain: Subdomain | None = None


class Sent(BaseModel):
    """The same whoever asks. Nothing came after a few minutes: ask again, a few times an hour."""

    model_config = example(status="sent")

    status: Literal["sent"] = "sent"


class EmailBody(Body):
    model_config = example(email=ANNA["email"])

    email: Email


class VerifyBody(MailProof):
    model_config = example(email=ANNA["email"], code="1234 5678")


class VerifiedEmail(BaseModel):
    """`token` for who has just registered; whoever was here before signs in."""

    model_config = example(user_id=ID, token=TOKEN)

    user_id: UUID
    token: Token | None
