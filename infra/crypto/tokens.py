"""Access tokens: JWTs that say who acts and where they belong."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from joserfc import jwt
from joserfc.errors import ExpiredTokenError, JoseError
from joserfc.jwk import ECKey, GuestProtocol
from joserfc.jwt import JWTClaimsRegistry

from infra.crypto.keys import KeyRing
from schemas.access import Permission, Role
from schemas.base import PartnerId, TenantId
from schemas.envelope import Actor

ALGORITHM = "ES256"


class BadToken(Exception):
    """Not a token of ours: wrong form, signature, issuer, audience or claims."""


class UnknownKey(BadToken):
    """It names a key we do not have: somebody made it up, or rotated the keys just now."""


class ExpiredToken(BadToken):
    """Was ours, and its time is over."""


@dataclass(frozen=True, slots=True)
class Verified:
    """What a token says, when it was issued, to the millisecond, and the second it ends."""

    actor: Actor
    issued_at: datetime
    expires: float


class Tokens:
    """Issues and checks tokens under one key ring. The algorithm is pinned: the header's `alg` has no say."""

    def __init__(
        self,
        ring: KeyRing,
        issuer: str = "hirebuddha",
        audience: str = "hirebuddha-api",
        minutes: float = 10,
        now: Callable[[], float] = time.time,
    ) -> None:
        self.ring = ring
        self.seconds = int(minutes * 60)
        self._issuer = issuer
        self._audience = audience
        self._now = now

    def issue(self, actor: Actor, seconds: int | None = None) -> str:
        """Valid as long as all are, or `seconds`."""
        at = self._now()
        now = int(at)
        claims: dict[str, Any] = {
            "iss": self._issuer,
            "aud": self._audience,
            "sub": actor.id,
            "iat": now,
            "at": int(at * 1000),
            "exp": now + (self.seconds if seconds is None else seconds),
            "jti": str(uuid4()),
            "role": actor.role,
            "tenant_id": actor.tenant_id and str(actor.tenant_id),
            "partner_id": actor.partner_id and str(actor.partner_id),
            **proof_of(actor, now),
        }
        header = {"alg": ALGORITHM, "kid": self.ring.current.kid}
        return jwt.encode(header, claims, self.ring.current, algorithms=[ALGORITHM])

    def verify(self, token: str) -> Actor:
        """Raises BadToken, or its kind ExpiredToken."""
        return self.read(token).actor

    def read(self, token: str) -> Verified:
        """The same, with when it was issued."""
        try:
            claims = jwt.decode(token, self._key_of, algorithms=[ALGORITHM]).claims
            self._rules().validate(claims)
            at = datetime.fromtimestamp(claims["at"] / 1000, UTC)
            return Verified(actor_from(claims), at, float(claims["exp"]))
        except ExpiredTokenError as error:
            raise ExpiredToken("the token has expired") from error
        except (JoseError, ValueError, TypeError, KeyError) as error:
            raise BadToken("the token is not valid") from error

    def jwks(self) -> dict[str, Any]:
        return self.ring.jwks()

    def _key_of(self, message: GuestProtocol) -> ECKey:
        key = self.ring.find(message.headers().get("kid"))
        if key is None:
            raise UnknownKey("the token names a key we do not have")
        return key

    def _rules(self) -> JWTClaimsRegistry:
        return JWTClaimsRegistry(
            now=int(self._now()),
            iss={"essential": True, "value": self._issuer},
            aud={"essential": True, "value": self._audience},
            sub={"essential": True},
            exp={"essential": True},
        )


def proof_of(actor: Actor, now: int) -> dict[str, Any]:
    """How the person proved who they are, and who acts in their name (RFC 8176, RFC 8693)."""
    at = int(actor.authenticated_at.timestamp()) if actor.authenticated_at else now
    claims: dict[str, Any] = {"auth_time": at, "amr": ["pwd", "mfa"] if actor.mfa else ["pwd"]}
    if actor.session_id:
        claims["sid"] = str(actor.session_id)
    if actor.impersonator:
        claims["act"] = {"sub": actor.impersonator}
    if actor.scopes is not None:
        claims["scope"] = " ".join(sorted(actor.scopes))
    return claims


def actor_from(claims: dict[str, Any]) -> Actor:
    tenant, partner, scope = claims["tenant_id"], claims["partner_id"], claims.get("scope")
    return Actor(
        kind="user",
        id=str(UUID(claims["sub"])),
        role=Role(claims["role"]),
        tenant_id=TenantId(UUID(tenant)) if tenant else None,
        partner_id=PartnerId(UUID(partner)) if partner else None,
        scopes=frozenset(map(Permission, scope.split())) if scope is not None else None,
        session_id=UUID(claims["sid"]) if "sid" in claims else None,
        impersonator=str(UUID(claims["act"]["sub"])) if "act" in claims else None,
        authenticated_at=datetime.fromtimestamp(claims["auth_time"], UTC),
        mfa="mfa" in claims["amr"],
    )
