"""Profiles of partners and tenants: a contact is sealed on its way in, and opened on its way out."""

from uuid import UUID

from api.models.tenancy import SettingsBody, ShownBranding, ShownSettings
from api.people import People
from schemas.tenancy.profile import Branding, ProfileSettings


async def revised(
    people: People, about: UUID, before: ProfileSettings, body: SettingsBody | None
) -> ProfileSettings | None:
    """`before` with what was said laid over it; None: nothing was."""
    if body is None:
        return None
    said = body.model_dump(exclude_unset=True)
    if contact := said.get("contact"):
        [said["contact"]] = await people.box.seal(about, contact)
    return before.model_copy(update={key: value for key, value in said.items() if value or key == "contact"})


async def shown_settings(people: People, settings: ProfileSettings) -> ShownSettings:
    contact = (await people.open([settings.contact]))[0] if settings.contact else None
    return ShownSettings(locale=settings.locale, time_zone=settings.time_zone, contact=contact)


def shown_branding(branding: Branding) -> ShownBranding:
    return ShownBranding(**dict(branding))


def laid_over(name: str, branding: Branding, below: Branding) -> ShownBranding:
    """A tenant's own, and where it says nothing its partner's."""
    return ShownBranding(
        name=branding.name or name,
        logo=branding.logo or below.logo,
        colour=branding.colour or below.colour,
    )
