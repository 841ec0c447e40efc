from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, Field, SecretStr, field_validator
from pydantic_core import PydanticCustomError
from pydantic_core.core_schema import ValidationInfo

from api.bodies import Body
from api.models.common import ID, NOW, OTHER_ID, example
from schemas.access import Permission, Role
from schemas.identity.types import Email
from schemas.personal import Redacted
from schemas.tenancy.types import Name

Password = Annotated[SecretStr, Field(min_length=12, max_length=128)]
ANNA = {"email": "anna@acme.example", "name": "Anna", "password": "correct horse battery"}


class NewUserBody(Body):
    """The first user. The password has 12 to 128 characters and is not the e-mail address.

    Without one they are invited to choose it.
    """

    email: Email
    name: Name
    password: Password | None = None

    @field_validator("password")
    @classmethod
    def differs_from_email(cls, password: SecretStr | None, info: ValidationInfo) -> SecretStr | None:
        if password and password.get_secret_value().strip().lower() == info.data.get("email"):
            raise PydanticCustomError("password_is_email", "The password must not be the e-mail address")
        return password


ACCESS = {"access_token": "eyJhbGciOiJFUzI1NiIs…", "token_type": "bearer", "expires_in": 600}
TOKEN = ACCESS | {"refresh_token": "hbr_…", "refresh_expires_at": NOW}


class AccessToken(BaseModel):
    """Of the same session: its refresh token stays as it is. null for the console: it is in the cookie."""

    model_config = example(**ACCESS)

    access_token: str | None
    token_type: Literal["bearer"] = "bearer"
    expires_in: int


class Token(BaseModel):
    """`refresh_token` brings the next pair, once: `POST /auth/refresh`."""

    model_config = example(**TOKEN)

    access_token: str
    token_type: Literal["bearer"] = "bearer"
    expires_in: int
    refresh_token: str
    refresh_expires_at: datetime


class RefreshBody(Body):
    model_config = example(refresh_token="hbr_…")

    refresh_token: Annotated[str, Field(max_length=512)]


class Me(BaseModel):
    model_config = example(
        id=ID,
        email=ANNA["email"],
        name=ANNA["name"],
        role="tenant_admin",
        partner_id=OTHER_ID,
        tenant_id=ID,
        permissions=["executions:read", "executions:start"],
    )

    id: UUID
    email: str | Redacted
    name: str | Redacted
    role: Role
    partner_id: UUID | None
    tenant_id: UUID | None
    permissions: list[Permission]


class Jwk(BaseModel):
    kty: str
    crv: str
    x: str
    y: str
    kid: str
    alg: str
    use: str


class Jwks(BaseModel):
    model_config = example(
        keys=[
            {"kty": "EC", "crv": "P-256", "x": "f83OJ3D2xF1B…", "y": "x_FEzRu9m36H…"}
            | {"kid": "Kx7Q…", "alg": "ES256", "use": "sig"}
        ]
    )

    keys: list[Jwk]
