"""What an access token says, also just after its key began to sign."""

from api.parts import Deps
from infra.crypto.tokens import UnknownKey, Verified


async def verified(deps: Deps, token: str) -> Verified:
    """Raises BadToken, or its kind ExpiredToken."""
    try:
        return deps.tokens.read(token)
    except UnknownKey:
        await deps.keys.reload()
        return deps.tokens.read(token)
