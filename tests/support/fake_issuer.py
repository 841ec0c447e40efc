"""An OpenID provider that says whatever a test wants it to, over real HTTP."""

import json
import time
from base64 import urlsafe_b64encode
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

from joserfc import jwt
from joserfc.jwk import ECKey

from tests.support.tool_server import Asked, ToolServer, answer, tool_server

CLIENT = "client-of-fake"
ACCESS_TOKEN = "access-token-of-fake"


@dataclass
class FakeIssuer:
    """`claims` and `metadata` are laid over what an honest one would say; None leaves one out.

    `instead` answers a path as it likes; `signed` makes the ID token of the claims.
    """

    server: ToolServer
    key: ECKey = field(default_factory=lambda: new_key("k1"))
    nonce: str = ""
    claims: dict[str, Any] = field(default_factory=dict)
    metadata: dict[str, Any] = field(default_factory=dict)
    published: list[dict[str, Any]] = field(default_factory=list)
    instead: dict[str, Callable[[], bytes | None]] = field(default_factory=dict)
    signed: Callable[[dict[str, Any]], str] | None = None

    @property
    def issuer(self) -> str:
        return self.server.url

    def count(self, path: str) -> int:
        return sum(asked.target == path for asked in self.server.asked)

    def reply(self, asked: Asked) -> bytes | None:
        if asked.target in self.instead:
            return self.instead[asked.target]()
        if asked.target == "/token":
            assert parse_qs(asked.body.decode())["grant_type"] == ["authorization_code"]
        ways: dict[str, Callable[[], Any]] = {
            "/.well-known/openid-configuration": self.about,
            "/jwks": lambda: {"keys": self.published or [self.key.as_dict(private=False)]},
            "/token": lambda: {
                "access_token": ACCESS_TOKEN,
                "token_type": "Bearer",
                "id_token": self.id_token(),
            },
        }
        return as_json(ways[asked.target]())

    def about(self) -> dict[str, Any]:
        return laid_over(
            {
                "issuer": self.issuer,
                "authorization_endpoint": f"{self.issuer}/authorize",
                "token_endpoint": f"{self.issuer}/token",
                "jwks_uri": f"{self.issuer}/jwks",
                "id_token_signing_alg_values_supported": ["ES256", "HS256", "none"],
            },
            self.metadata,
        )

    def id_token(self) -> str:
        now = int(time.time())
        honest = {
            "iss": self.issuer,
            "aud": CLIENT,
            "sub": "ada",
            "exp": now + 300,
            "iat": now,
            "nonce": self.nonce,
            "email": "ada@people.example",
            "email_verified": True,
        }
        claims = laid_over(honest, self.claims)
        return self.signed(claims) if self.signed else sign(claims, self.key)


def laid_over(below: dict[str, Any], above: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in {**below, **above}.items() if value is not None}


def new_key(kid: str) -> ECKey:
    return ECKey.generate_key("P-256", {"kid": kid, "use": "sig", "alg": "ES256"})


def sign(claims: dict[str, Any], key: ECKey, **header: Any) -> str:
    return jwt.encode({"alg": "ES256", "kid": key.kid, **header}, claims, key, algorithms=["ES256"])


def unsigned(claims: dict[str, Any], signature: bytes = b"", **header: Any) -> str:
    parts = [json.dumps(part).encode() for part in ({"alg": "none", **header}, claims)]
    return ".".join(urlsafe_b64encode(part).rstrip(b"=").decode() for part in [*parts, signature])


def as_json(value: Any, status: int = 200) -> bytes:
    return answer(status, json.dumps(value).encode(), content_type="application/json")


@asynccontextmanager
async def fake_issuer() -> AsyncIterator[FakeIssuer]:
    async with tool_server() as server:
        issuer = FakeIssuer(server)
        server.reply = issuer.reply
        yield issuer
