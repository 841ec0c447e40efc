"""From a password to whose it is."""

from dataclasses import dataclass

from api.errors import unauthenticated
from api.parts import Deps
from api.rows.people import UserRow
from api.signing_in.guarding import guarded
from api.signing_in.people import email_from, user_with
from infra.identity.passwords import password_is


@dataclass
class PasswordTry:
    """One try. Known and unknown people get the same work and the same answer."""

    deps: Deps
    name: str
    password: str
    user: UserRow | None = None

    async def passed(self, ip: str) -> UserRow:
        if not await guarded(self.deps, self.name.strip().lower(), ip, self._check) or self.user is None:
            raise unauthenticated("auth.invalid_credentials", "Wrong e-mail address or password.")
        return self.user

    async def _check(self) -> bool:
        email = email_from(self.name)
        self.user = await user_with(self.deps, email) if email else None
        user_id = self.user.id if self.user else None
        return await password_is(self.deps.vault.passwords, self.deps.passwords, user_id, self.password)
