"""What a refresh token that was not redeemed means. Pure."""

from datetime import datetime
from typing import Literal

from infra.identity.refresh_tokens import RefreshToken
from infra.identity.session_types import AGAIN, Life, Session

Verdict = Literal["again", "expired", "revoked", "compromised"]


def redeemable(session: Session, token: RefreshToken, now: datetime, life: Life) -> bool:
    current = (session.generation, session.token_hash) == (token.generation, token.hash)
    return current and session.revoked_at is None and not life.over(session, now)


def verdict(
    session: Session, token: RefreshToken, successor: RefreshToken, now: datetime, life: Life
) -> Verdict:
    """Of a session and a token of its family that is not its current one, or comes too late."""
    if session.revoked_at is not None:
        return "revoked"
    if life.over(session, now):
        return "expired"
    return "again" if just_redeemed(session, successor, now) else "compromised"


def just_redeemed(session: Session, successor: RefreshToken, now: datetime) -> bool:
    """Counted from the first time, so that asking again and again does not make it longer."""
    return (
        (session.generation, session.token_hash) == (successor.generation, successor.hash)
        and session.rotated_at is not None
        and now < session.rotated_at + AGAIN
    )
