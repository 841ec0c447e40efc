"""A session: one sign-in of one person, in one place at a time, kept alive by refresh tokens."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple, Protocol
from uuid import UUID

from schemas.access import Role
from schemas.base import PartnerId, TenantId, UserId

AGAIN = timedelta(seconds=10)
"""For so long after a token was redeemed it is answered with the same successor: the answer may be lost."""

MOST_PER_USER = 50
MAX_USER_AGENT = 256
MFA = "mfa"
"""In `amr` when more than one factor was shown (RFC 8176)."""


@dataclass(frozen=True, slots=True)
class Membership:
    """Where a session acts, and as what: its tokens are for this alone."""

    role: Role
    tenant_id: TenantId | None = None
    partner_id: PartnerId | None = None


@dataclass(frozen=True, slots=True)
class Client:
    ip: str
    user_agent: str = ""


@dataclass(frozen=True, slots=True)
class Session:
    id: UUID
    user_id: UserId
    generation: int
    token_hash: bytes
    created_at: datetime
    used_at: datetime
    rotated_at: datetime | None
    """When the newest token was first given out for the one before it."""

    expires_at: datetime
    """However much it is used."""

    authenticated_at: datetime
    amr: tuple[str, ...]
    ip: str
    user_agent: str
    membership: Membership | None
    revoked_at: datetime | None = None
    revoked_because: str | None = None

    @property
    def mfa(self) -> bool:
        return MFA in self.amr


@dataclass(frozen=True, slots=True)
class Life:
    """How long sessions live: without being used, and in all."""

    idle: timedelta = timedelta(days=30)
    absolute: timedelta = timedelta(days=90)

    def over(self, session: Session, now: datetime) -> bool:
        return now >= session.expires_at or now >= session.used_at + self.idle


@dataclass(frozen=True, slots=True)
class Redeemed:
    """`again`: the same answer as before, to a token that was redeemed a moment ago."""

    session: Session
    refresh_token: str
    again: bool = False


class Ended(NamedTuple):
    """`at`: in the database's time."""

    session_id: UUID
    at: datetime


@dataclass(frozen=True, slots=True)
class Changes:
    """Sessions revoked since a time. Ask next with `until`; there are more when it is not `complete`."""

    ended: Sequence[Ended]
    until: datetime
    complete: bool = True


class SessionRefused(Exception):
    """A refresh token is not redeemed. `code` is stable."""

    code = "auth.bad_refresh_token"


class SessionExpired(SessionRefused):
    code = "auth.session_expired"


class SessionRevoked(SessionRefused):
    code = "auth.session_revoked"


class SessionCompromised(SessionRefused):
    """A token came that somebody else had redeemed before: its whole family is revoked."""

    code = "auth.session_compromised"

    def __init__(self, session: Session) -> None:
        super().__init__(self.code)
        self.session = session


class Sessions(Protocol):
    async def create(
        self, user_id: UserId, membership: Membership | None, amr: Sequence[str], client: Client
    ) -> Redeemed:
        """Signs in. The user's least used session ends when there are too many."""
        ...

    async def redeem(self, refresh_token: str, client: Client) -> Redeemed:
        """Raises SessionRefused and its kinds."""
        ...

    async def find(self, session_id: UUID) -> Session | None:
        """Only while it lives."""
        ...

    async def list(self, user_id: UserId) -> Sequence[Session]:
        """Those that live, the last used first."""
        ...

    async def step_up(self, session_id: UUID, amr: Sequence[str]) -> Session | None:
        """The person proved again, just now, who they are. None when the session has ended."""
        ...

    async def switch(self, session_id: UUID, membership: Membership | None) -> Session | None:
        """What the next access token is for. None when the session has ended."""
        ...

    async def revoke(self, session_id: UUID, user_id: UserId, because: str) -> bool:
        """False when there is no such session of theirs, or it had ended before."""
        ...

    async def revoke_all(self, user_id: UserId, because: str, but: UUID | None = None) -> Sequence[UUID]: ...

    async def changes_since(self, since: datetime) -> Changes:
        """In the database's time. Some may be told again."""
        ...
