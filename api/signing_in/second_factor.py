"""Between the password and the second factor: who has shown the first, for five minutes."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from api.errors import ApiProblem, unauthenticated
from api.parts import Deps
from api.ports import Box, Halfway
from infra.crypto.secrets import UnreadableSecret
from schemas.base import UserId

PASSWORD = ("pwd",)
LIFE_SECONDS = 300
MOST_CHARACTERS = 1_000


@dataclass(frozen=True)
class MfaTokens:
    box: Box
    now: Callable[[], float] = time.time

    def make(self, halfway: Halfway) -> str:
        said = [str(halfway.user_id), self.now(), *halfway.amr]
        return self.box.seal(json.dumps(said).encode()).decode()

    def read(self, token: str) -> Halfway | None:
        """None for what is not ours, or too old."""
        if len(token) > MOST_CHARACTERS:
            return None
        try:
            user_id, at, *amr = json.loads(self.box.open(token.encode()))
        except (UnreadableSecret, UnicodeError):
            return None
        return Halfway(UserId(UUID(user_id)), tuple(amr)) if self.now() - at < LIFE_SECONDS else None


async def methods_of(deps: Deps, user_id: UserId) -> list[str]:
    """The second factors somebody has; empty: their password is enough."""
    found = []
    if await deps.vault.totp.active(user_id):
        found.append("totp")
    if await deps.vault.passkeys.store.of_user(user_id):
        found.append("passkey")
    if found and await deps.vault.recovery_codes.left(user_id):
        found.append("recovery_code")
    return found


async def require_no_second_factor(deps: Deps, user_id: UserId, amr: tuple[str, ...] = PASSWORD) -> None:
    """`amr`: what was shown first, and is part of what the session will say."""
    methods = await methods_of(deps, user_id)
    if methods:
        raise ApiProblem(
            401,
            "auth.mfa_required",
            "So far it is right. Now show a second factor: POST /auth/token/mfa.",
            headers={"WWW-Authenticate": "Bearer"},
            mfa_token=deps.mfa_tokens.make(Halfway(user_id, amr)),
            methods=methods,
        )


def halfway_of(deps: Deps, mfa_token: str) -> Halfway:
    halfway = deps.mfa_tokens.read(mfa_token)
    if halfway is None:
        raise unauthenticated("auth.mfa_expired", "Begin again with the password.")
    return halfway
