from datetime import datetime
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, Field, model_validator
from pydantic_core import PydanticCustomError

from api.bodies import Body
from api.models.common import NOW, Position, example
from schemas.identity.types import Label

PASSKEY_ID = "q5mBrdQxP2kzTq1jJw0Xlg"
ANSWER = {
    "id": PASSKEY_ID,
    "rawId": PASSKEY_ID,
    "type": "public-key",
    "response": {"clientDataJSON": "…", "authenticatorData": "…", "signature": "…", "userHandle": "…"},
}
OPTIONS = {"challenge": "mXw8…", "rpId": "app.example", "timeout": 300000, "userVerification": "required"}
CODES = ["4k9zq-1m7tw", "x0r3c-8hy5n"]

MfaToken = Annotated[str, Field(min_length=1, max_length=1000)]
Code = Annotated[str, Field(min_length=1, max_length=20)]
Answer = Annotated[dict[str, Any], Field(description="What the browser's WebAuthn call answered, as JSON.")]
Recorded = Annotated[Position | None, Field(description="null: it is done, and told by an event soon.")]
Way = Literal["totp", "recovery_code", "passkey"]


class MfaBody(Body):
    """Exactly one of `totp`, `recovery_code` and `passkey`."""

    model_config = example(mfa_token="gAAAA…", totp="287082")

    mfa_token: MfaToken
    totp: Code | None = None
    recovery_code: Code | None = None
    passkey: Answer | None = None

    @model_validator(mode="after")
    def one_way(self) -> Self:
        if sum(way is not None for way in (self.totp, self.recovery_code, self.passkey)) != 1:
            raise PydanticCustomError("one_way", "Send one of totp, recovery_code and passkey.")
        return self

    @property
    def way(self) -> Way:
        if self.passkey is not None:
            return "passkey"
        return "totp" if self.totp is not None else "recovery_code"


class TotpEnrolment(BaseModel):
    """Shown once. `uri` is what the QR code says."""

    model_config = example(
        secret="JBSWY3DPEHPK3PXP", uri="otpauth://totp/HireBuddha:anna%40acme.example?secret=JBSWY3DPEHPK3PXP"
    )

    secret: str
    uri: str


class TotpCodeBody(Body):
    model_config = example(code="287082")

    code: Code


class FactorAdded(BaseModel):
    """`recovery_codes` come with the first factor, and are never shown again."""

    model_config = example(recovery_codes=CODES, position=1042)

    recovery_codes: list[str] | None
    position: Recorded


class FactorRemoved(BaseModel):
    model_config = example(position=1043)

    position: Recorded


class RecoveryCodesMade(BaseModel):
    """Never shown again. Those before are no longer good."""

    model_config = example(recovery_codes=CODES)

    recovery_codes: list[str]


class PasskeyShown(BaseModel):
    model_config = example(id=PASSKEY_ID, label="Anna's laptop", created_at=NOW, used_at=None)

    id: str
    label: str
    created_at: datetime
    used_at: datetime | None


class PasskeyList(BaseModel):
    model_config = example(
        items=[{"id": PASSKEY_ID, "label": "Anna's laptop", "created_at": NOW, "used_at": None}]
    )

    items: list[PasskeyShown]


class PasskeyOptions(BaseModel):
    """For `navigator.credentials.create()` or `.get()`. `origin`: what a program says that has no page."""

    model_config = example(public_key=OPTIONS, origin="https://app.example")

    public_key: dict[str, Any]
    origin: str


class PasskeyBody(Body):
    model_config = example(
        answer=ANSWER | {"response": {"clientDataJSON": "…", "attestationObject": "…"}}, label="Anna's laptop"
    )

    answer: Answer
    label: Label


class PasskeyAdded(BaseModel):
    """`recovery_codes` come with the first factor, and are never shown again."""

    model_config = example(id=PASSKEY_ID, recovery_codes=None, position=1044)

    id: str
    recovery_codes: list[str] | None
    position: Recorded


class LabelBody(Body):
    model_config = example(label="Anna's phone")

    label: Label


class SignInOptionsBody(Body):
    """`mfa_token`: the passkey is to be a second factor."""

    model_config = example(mfa_token=None)

    mfa_token: MfaToken | None = None


class PasskeyAnswerBody(Body):
    model_config = example(answer=ANSWER)

    answer: Answer


class Factors(BaseModel):
    """How you sign in."""

    model_config = example(
        password=True, totp=True, passkeys=1, recovery_codes_left=9, providers=["google"], mfa=True
    )

    password: bool
    totp: bool
    passkeys: int
    recovery_codes_left: int
    providers: list[str]
    mfa: bool = Field(description="Whether a password alone is not enough.")
