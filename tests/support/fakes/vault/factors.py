"""An authenticator app and recovery codes, in memory."""

from collections.abc import Sequence
from dataclasses import dataclass

import pyotp

from infra.identity.pool import Clock
from infra.identity.recovery_codes import new_codes, read
from infra.identity.totp import Enrolment, TotpActive, enrolment, step_of
from schemas.base import UserId


@dataclass
class App:
    secret: str
    confirmed: bool = False
    last_step: int = 0


class MemoryTotp:
    def __init__(self, now: Clock) -> None:
        self._now = now
        self._apps: dict[UserId, App] = {}

    async def begin(self, user_id: UserId, account: str) -> Enrolment:
        if await self.active(user_id):
            raise TotpActive
        self._apps[user_id] = App(pyotp.random_base32())
        return enrolment(self._apps[user_id].secret, account)

    async def confirm(self, user_id: UserId, code: str) -> bool:
        app = self._apps.get(user_id)
        if app is None or app.confirmed or not self._accept(app, code):
            return False
        app.confirmed = True
        return True

    async def verify(self, user_id: UserId, code: str) -> bool:
        return await self.active(user_id) and self._accept(self._apps[user_id], code)

    async def active(self, user_id: UserId) -> bool:
        return user_id in self._apps and self._apps[user_id].confirmed

    async def remove(self, user_id: UserId) -> bool:
        return self._apps.pop(user_id, None) is not None

    def _accept(self, app: App, code: str) -> bool:
        step = step_of(app.secret, code, self._now())
        if step is None or step <= app.last_step:
            return False
        app.last_step = step
        return True


class MemoryRecoveryCodes:
    def __init__(self) -> None:
        self._codes: dict[UserId, list[str]] = {}

    async def renew(self, user_id: UserId) -> Sequence[str]:
        made = new_codes()
        self._codes[user_id] = [read(code) for code in made]
        return made

    async def use(self, user_id: UserId, code: str) -> int | None:
        left = self._codes.get(user_id, [])
        if read(code) not in left:
            return None
        left.remove(read(code))
        return len(left)

    async def left(self, user_id: UserId) -> int:
        return len(self._codes.get(user_id, []))

    async def remove(self, user_id: UserId) -> None:
        self._codes.pop(user_id, None)
