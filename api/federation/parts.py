"""Signing in with other providers, as the edge has it."""

from dataclasses import dataclass, field

from infra.oidc.providers import Providers
from infra.oidc.relying_party import RelyingParty


def nobody() -> RelyingParty:
    return RelyingParty(Providers({}))


@dataclass(frozen=True)
class Federation:
    """`base`: this API as browsers reach it."""

    party: RelyingParty = field(default_factory=nobody)
    base: str = "http://localhost:8000"

    def callback(self, provider: str) -> str:
        return f"{self.base}/auth/oidc/{provider}/callback"
