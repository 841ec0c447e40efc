"""How a partner or a tenant is shown, and where and how it wants to be reached."""

from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, Field, StringConstraints

from schemas.base import Value
from schemas.personal import Personal
from schemas.tenancy.types import Name

MAX_LOGO = 32 * 1024
"""Characters of a logo as a data URI: about 24 KB of picture."""

Logo = Annotated[
    str,
    StringConstraints(
        max_length=MAX_LOGO, pattern=r"^data:image/(png|jpeg|webp);base64,[A-Za-z0-9+/]+={0,2}$"
    ),
]
"""No SVG: it may bring scripts along to the page it is shown on."""

Colour = Annotated[str, StringConstraints(pattern=r"^#[0-9a-f]{6}$")]
Locale = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}(-[A-Z]{2})?$")]


def known(zone: str) -> str:
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(f"there is no time zone {zone!r}") from None
    return zone


TimeZone = Annotated[str, Field(max_length=64), AfterValidator(known)]


class Branding(Value):
    """What is not said is that of the partner, and then of the platform."""

    name: Name | None = None
    logo: Logo | None = None
    colour: Colour | None = None


class ProfileSettings(Value):
    """`contact` is an e-mail address, sealed under the id of whom it is about: the partner or the tenant."""

    locale: Locale = "en"
    time_zone: TimeZone = "UTC"
    contact: Personal | None = None
