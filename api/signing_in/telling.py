"""People are told by mail when the ways into their account change: if it was not them, they must know."""

from api.parts import Deps
from api.reads import PLATFORM_SCOPE
from api.signing_in.letters import to_user
from api.signing_in.unseen import done
from schemas.base import UserId


async def tell_of_change(deps: Deps, user_id: UserId, method: str) -> None:
    """It has happened: that a letter cannot be asked for does not undo it."""
    user = await deps.reads.user_by_id(PLATFORM_SCOPE, user_id)
    if user is None or user.erased:
        return
    values = {"method": method, "at": f"{deps.clock():%Y-%m-%d %H:%M} UTC"}
    await done(to_user(deps, user, "new_sign_in_method", values=values, good_for=None))
