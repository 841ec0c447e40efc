"""Between the password and the second factor: who has shown the first, for five minutes."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from api.errors import ApiProblem, unauthenticated
from api.parts import Deps
from api.ports import Box
from infra.crypto.secrets import UnreadableSecret
from schemas.base import UserId

LIFE_SECONDS = 300
MOST_CHARACTERS = 1_000


@dataclass(frozen=True)
class MfaTokens:
    box: Box
    now: Callable[[], float] = time.time

    def make(self, user_id: UserId) -> str:
        return self.box.seal(json.dumps([str(user_id), self.now()]).encode()).decode()

    def read(self, token: str) -> UserId | None:
        """None for what is not ours, or too old."""
        if len(token) > MOST_CHARACTERS:
            return None
        try:
            user_id, at = json.loads(self.box.open(token.encode()))
        except (UnreadableSecret, UnicodeError):
            return None
        return UserId(UUID(user_id)) if self.now() - at < LIFE_SECONDS else None


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


async def require_no_second_factor(deps: Deps, user_id: UserId) -> None:
    methods = await methods_of(deps, user_id)
    if methods:
        raise ApiProblem(
            401,
            "auth.mfa_required",
            "The password is right. Now show a second factor: POST /auth/token/mfa.",
            headers={"WWW-Authenticate": "Bearer"},
            mfa_token=deps.mfa_tokens.make(user_id),
            methods=methods,
        )


def user_of(deps: Deps, mfa_token: str) -> UserId:
    user_id = deps.mfa_tokens.read(mfa_token)
    if user_id is None:
        raise unauthenticated("auth.mfa_expired", "Begin again with the password.")
    return user_id
