from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import BaseModel, Field, SecretStr, model_validator
from pydantic_core import PydanticCustomError

from api.bodies import Body
from api.models.common import ID, example
from api.models.identity import ANNA, TOKEN, Token
from schemas.identity.types import Email
from schemas.tenancy.types import Name, Subdomain

Chosen = Annotated[SecretStr, Field(max_length=1024)]
"""A password somebody chooses. Its rules are told all at once, so they are not part of the form."""

Code = Annotated[str, Field(min_length=1, max_length=20)]
Link = Annotated[str, Field(min_length=1, max_length=200)]


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


class VerifyBody(Body):
    """Either the address and the code, or what the link has after its #."""

    model_config = example(email=ANNA["email"], code="1234 5678")

    email: Email | None = None
    code: Code | None = None
    link: Link | None = None

    @model_validator(mode="after")
    def one_way(self) -> Self:
        given: Any = (self.email is not None, self.code is not None, self.link is not None)
        if given not in ((True, True, False), (False, False, True)):
            raise PydanticCustomError("one_way", "Send email and code, or link alone.")
        return self


class VerifiedEmail(BaseModel):
    """`token` for who has just registered; whoever was here before signs in."""

    model_config = example(user_id=ID, token=TOKEN)

    user_id: UUID
    token: Token | None
