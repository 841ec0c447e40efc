"""Who issues invoices: a partner, as its customers know it, and the numbers it has used."""

import base64
import binascii
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, Field, StringConstraints

from schemas.base import Command, Event, PartnerId, TenantId, Value

ISSUER = "issuer-{0.partner_id}"
MAX_LOGO_BYTES = 16 * 1024
MAGIC = {"image/png": b"\x89PNG\r\n", "image/svg+xml": b"<"}

Series = Literal["invoice", "credit_note"]
Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120)]
Text = Annotated[str, StringConstraints(strip_whitespace=True, max_length=400)]
Country = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
Colour = Annotated[str, StringConstraints(pattern=r"^#[0-9a-f]{6}$")]
Prefix = Annotated[str, StringConstraints(pattern=r"^[A-Z0-9][A-Z0-9/-]{0,11}$")]


def small(text: str) -> str:
    """base64 of at most 16 KiB."""
    try:
        size = len(base64.b64decode(text, validate=True))
    except binascii.Error:
        raise ValueError("the logo is not base64") from None
    if size > MAX_LOGO_BYTES:
        raise ValueError(f"the logo has {size} bytes, and {MAX_LOGO_BYTES} is the limit")
    return text


class Logo(Value):
    """Every document carries it whole: a later logo changes no old invoice."""

    media_type: Literal["image/png", "image/svg+xml"]
    data: Annotated[str, AfterValidator(small)]

    @property
    def content(self) -> bytes:
        return base64.b64decode(self.data)


class Branding(Value):
    """What stands on a document about who issued it. Without a country no tax is charged."""

    name: Line
    address: tuple[Line, ...] = Field(default=(), max_length=6)
    country: Country | None = None
    tax_ids: tuple[Line, ...] = Field(default=(), max_length=4)
    colour: Colour = "#1f2937"
    logo: Logo | None = None
    payment_days: int = Field(default=30, ge=0, le=120)
    payment_details: Text = ""
    footer: Text = ""


class OpenIssuer(Command, type_name="billing.issuer.open", stream=ISSUER):
    """A new partner issues under its name until it says more."""

    partner_id: PartnerId
    name: Line


class SetIssuer(Command, type_name="billing.issuer.set", stream=ISSUER):
    partner_id: PartnerId
    prefix: Prefix
    branding: Branding


class IssuerSet(Event, type_name="billing.issuer.was_set"):
    partner_id: PartnerId
    prefix: Prefix
    branding: Branding


class NumberTaken(Event, type_name="billing.issuer.number_taken", stream="issuer-{0.issuer}"):
    """One number of a series, for one document: in the transaction in which the document gets it."""

    issuer: PartnerId
    series: Series
    sequence: int
    number: str
    document_id: UUID
    tenant_id: TenantId
