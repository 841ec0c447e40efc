"""Sessions in memory. They pass the same conformance suite as the ones in Postgres."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from infra.identity.refresh_tokens import RefreshToken, RefreshTokens
from infra.identity.session_rules import redeemable, verdict
from infra.identity.session_types import (
    MAX_USER_AGENT,
    MOST_PER_USER,
    Changes,
    Client,
    Ended,
    Life,
    Membership,
    Redeemed,
    Session,
    SessionCompromised,
    SessionExpired,
    SessionRefused,
    SessionRevoked,
)
from schemas.base import UserId


class MemorySessions:
    def __init__(
        self,
        tokens: RefreshTokens,
        now: Callable[[], datetime],
        life: Life = Life(),  # noqa: B008
    ) -> None:
        self._tokens, self._now, self._life = tokens, now, life
        self._rows: dict[UUID, Session] = {}

    async def create(
        self, user_id: UserId, membership: Membership | None, amr: Sequence[str], client: Client
    ) -> Redeemed:
        token, now = self._tokens.first(uuid4()), self._now()
        session = Session(
            token.session_id,
            user_id,
            1,
            token.hash,
            created_at=now,
            used_at=now,
            rotated_at=None,
            expires_at=now + self._life.absolute,
            authenticated_at=now,
            amr=tuple(sorted(set(amr))),
            ip=client.ip,
            user_agent=client.user_agent[:MAX_USER_AGENT],
            membership=membership,
        )
        self._rows[session.id] = session
        for last in self._of(user_id)[MOST_PER_USER:]:
            self._end(last, "too_many")
        return Redeemed(session, token.text)

    async def redeem(self, refresh_token: str, client: Client) -> Redeemed:
        token = self._tokens.parse(refresh_token)
        if token is None or token.session_id not in self._rows:
            raise SessionRefused
        session, successor, now = self._rows[token.session_id], self._tokens.after(token), self._now()
        if not redeemable(session, token, now, self._life):
            return self._not_redeemed(session, token, successor)
        redeemed = self._changed(
            session.id,
            generation=successor.generation,
            token_hash=successor.hash,
            rotated_at=now,
            used_at=now,
            ip=client.ip,
            user_agent=client.user_agent[:MAX_USER_AGENT],
        )
        return Redeemed(redeemed, successor.text)

    def _not_redeemed(self, session: Session, token: RefreshToken, successor: RefreshToken) -> Redeemed:
        match verdict(session, token, successor, self._now(), self._life):
            case "again":
                return Redeemed(session, successor.text, again=True)
            case "revoked":
                raise SessionRevoked
            case "expired":
                raise SessionExpired
        self._end(session, "compromised")
        raise SessionCompromised(session)

    async def find(self, session_id: UUID) -> Session | None:
        session = self._rows.get(session_id)
        return session if session and self._lives(session) else None

    async def list(self, user_id: UserId) -> Sequence[Session]:
        return [session for session in self._of(user_id) if self._lives(session)]

    async def step_up(self, session_id: UUID, amr: Sequence[str]) -> Session | None:
        session = await self.find(session_id)
        if session is None:
            return None
        shown = tuple(sorted({*session.amr, *amr}))
        return self._changed(session_id, amr=shown, authenticated_at=self._now())

    async def switch(self, session_id: UUID, membership: Membership | None) -> Session | None:
        return self._changed(session_id, membership=membership) if await self.find(session_id) else None

    async def revoke(self, session_id: UUID, user_id: UserId, because: str) -> bool:
        session = self._rows.get(session_id)
        if session is None or session.user_id != user_id or session.revoked_at:
            return False
        self._end(session, because)
        return True

    async def revoke_all(self, user_id: UserId, because: str, but: UUID | None = None) -> Sequence[UUID]:
        ended = [session for session in self._of(user_id) if session.id != but]
        for session in ended:
            self._end(session, because)
        return [session.id for session in ended]

    async def changes_since(self, since: datetime) -> Changes:
        ended = [Ended(row.id, row.revoked_at) for row in self._rows.values() if row.revoked_at]
        return Changes([one for one in ended if one.at >= since], self._now())

    def _lives(self, session: Session) -> bool:
        return session.revoked_at is None and not self._life.over(session, self._now())

    def _of(self, user_id: UserId) -> Sequence[Session]:
        """Not revoked, the last used first."""
        mine = [row for row in self._rows.values() if row.user_id == user_id and not row.revoked_at]
        return sorted(mine, key=lambda row: row.used_at, reverse=True)

    def _end(self, session: Session, because: str) -> None:
        self._changed(session.id, revoked_at=self._now(), revoked_because=because)

    def _changed(self, session_id: UUID, **changes: Any) -> Session:
        self._rows[session_id] = replace(self._rows[session_id], **changes)
        return self._rows[session_id]
