"""Commands the edge sends by itself, about people who have not signed in, or cannot yet."""

from uuid import UUID, uuid4, uuid5

from api.parts import Deps
from api.sending import Attempt
from schemas.base import PLATFORM, Command, PartnerId, TenantId
from schemas.envelope import Actor, Answer

SIGN_IN = Actor(kind="system", id="sign-in")
NAMESPACE = UUID("b7a4d3c5-6d0e-4c3f-9a42-3f0a8a7d5e10")
"""Never changes: message ids derived from it are stored."""


async def ordered(
    deps: Deps,
    command: Command,
    tenant_id: TenantId = PLATFORM,
    partner_id: PartnerId | None = None,
    once: str | None = None,
) -> Answer | None:
    """`once`: under this name it happens once, however often it is asked for. A refusal is raised."""
    message_id = uuid5(NAMESPACE, once) if once else uuid4()
    return await Attempt(deps, SIGN_IN, message_id, "").send(command, tenant_id, partner_id)
