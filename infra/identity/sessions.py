"""Sessions in the vault. A token is redeemed by one statement that reads nothing before."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from infra.identity import session_sql as sql
from infra.identity.pool import Clock, Pool, changed, first
from infra.identity.refresh_tokens import RefreshToken, RefreshTokens
from infra.identity.session_rows import client_columns, membership_columns, session_from
from infra.identity.session_rules import verdict
from infra.identity.session_types import (
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

OVERLAP = timedelta(seconds=10)
"""A change becomes visible later than its time says: at most by a statement's longest time, and some more."""

MOST_CHANGES = 10_000


class PostgresSessions:
    def __init__(
        self,
        pool: Pool,
        tokens: RefreshTokens,
        now: Clock,
        life: Life = Life(),  # noqa: B008
    ) -> None:
        self._pool, self._tokens, self._now, self._life = pool, tokens, now, life

    async def create(
        self, user_id: UserId, membership: Membership | None, amr: Sequence[str], client: Client
    ) -> Redeemed:
        token = self._tokens.first(uuid4())
        params = {
            **self._at(token.session_id),
            **client_columns(client),
            **membership_columns(membership),
            "user_id": user_id,
            "hash": token.hash,
            "amr": sorted(set(amr)),
            "expires_at": self._now() + self._life.absolute,
            "most": MOST_PER_USER,
            "because": "too_many",
        }
        async with self._pool.connection() as conn, conn.transaction():
            row = await (await conn.execute(sql.CREATE, params)).fetchone()
            await conn.execute(sql.END_OVERFLOW, params)
        assert row
        return Redeemed(session_from(row), token.text)

    async def redeem(self, refresh_token: str, client: Client) -> Redeemed:
        token = self._tokens.parse(refresh_token)
        if token is None:
            raise SessionRefused
        successor = self._tokens.after(token)
        params = {
            **self._at(token.session_id),
            **client_columns(client),
            "generation": token.generation,
            "hash": token.hash,
            "next_hash": successor.hash,
        }
        session = await self._one(sql.REDEEM, params)
        if session is not None:
            return Redeemed(session, successor.text)
        return await self._not_redeemed(token, successor)

    async def _not_redeemed(self, token: RefreshToken, successor: RefreshToken) -> Redeemed:
        """Decided with the row locked, so that what is decided is done."""
        now = self._now()
        async with self._pool.connection() as conn, conn.transaction():
            row = await (await conn.execute(sql.LOCKED, {"id": token.session_id})).fetchone()
            if row is None:
                raise SessionRefused
            session = session_from(row)
            found = verdict(session, token, successor, now, self._life)
            if found == "compromised":
                params = {"id": session.id, "now": now, "because": "compromised"}
                await conn.execute(sql.END_ONE, params)
        match found:
            case "again":
                return Redeemed(session, successor.text, again=True)
            case "revoked":
                raise SessionRevoked
            case "expired":
                raise SessionExpired
        raise SessionCompromised(session)

    async def find(self, session_id: UUID) -> Session | None:
        return await self._one(sql.FIND, self._at(session_id))

    async def list(self, user_id: UserId) -> Sequence[Session]:
        params = {**self._at(), "user_id": user_id, "most": MOST_PER_USER}
        async with self._pool.connection() as conn:
            rows = await (await conn.execute(sql.LIST, params)).fetchall()
        return [session_from(row) for row in rows]

    async def step_up(self, session_id: UUID, amr: Sequence[str]) -> Session | None:
        return await self._one(sql.STEP_UP, {**self._at(session_id), "amr": list(amr)})

    async def switch(self, session_id: UUID, membership: Membership | None) -> Session | None:
        return await self._one(sql.SWITCH, {**self._at(session_id), **membership_columns(membership)})

    async def revoke(self, session_id: UUID, user_id: UserId, because: str) -> bool:
        params = {**self._at(session_id), "user_id": user_id, "because": because}
        return await changed(self._pool, sql.END_OWN, params) == 1

    async def revoke_all(self, user_id: UserId, because: str, but: UUID | None = None) -> Sequence[UUID]:
        params = {**self._at(), "user_id": user_id, "because": because, "but": but}
        async with self._pool.connection() as conn:
            return [row[0] for row in await (await conn.execute(sql.END_ALL, params)).fetchall()]

    async def changes_since(self, since: datetime) -> Changes:
        params = {"since": since, "overlap": OVERLAP, "most": MOST_CHANGES}
        async with self._pool.connection() as conn:
            rows = await (await conn.execute(sql.CHANGES, params)).fetchall()
        ended = [Ended(session_id, at) for _, session_id, at in rows if session_id]
        complete = len(ended) < MOST_CHANGES
        return Changes(ended, rows[0][0] if complete else ended[-1].at + OVERLAP, complete)

    def _at(self, session_id: UUID | None = None) -> dict[str, Any]:
        now = self._now()
        return {"id": session_id, "now": now, "idle_since": now - self._life.idle}

    async def _one(self, query: str, params: dict[str, Any]) -> Session | None:
        row = await first(self._pool, query, params)
        return session_from(row) if row else None
