"""What somebody shows of a letter of ours."""

from typing import Annotated, Any, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from api.bodies import Body
from schemas.identity.types import Email

Code = Annotated[str, Field(min_length=1, max_length=20)]
Link = Annotated[str, Field(min_length=1, max_length=200)]


class MailProof(Body):
    """Either the address and the code, or what the link has after its #."""

    email: Email | None = None
    code: Code | None = None
    link: Link | None = None

    @model_validator(mode="after")
    def one_way(self) -> Self:
        given: Any = (self.email is not None, self.code is not None, self.link is not None)
        if given not in ((True, True, False), (False, False, True)):
            raise PydanticCustomError("one_way", "Send email and code, or link alone.")
        return self
