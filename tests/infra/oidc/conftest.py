from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from infra.oidc.errors import OidcCode, OidcError
from infra.oidc.identity import Identity
from infra.oidc.providers import Provider, Providers
from infra.oidc.relying_party import RelyingParty
from infra.oidc.round_trip import returned
from tests.support.fake_issuer import CLIENT, FakeIssuer, fake_issuer

REDIRECT = "https://app.example/auth/oidc/fake/callback"


@dataclass
class SigningIn:
    """One who signs in at the fake issuer, again and again."""

    issuer: FakeIssuer
    settings: dict[str, Any] = field(default_factory=dict)
    seconds: float = 5.0
    known: RelyingParty | None = None

    @property
    def party(self) -> RelyingParty:
        if self.known is None:
            given = {"issuer": self.issuer.issuer, "client_id": CLIENT, **self.settings}
            self.known = RelyingParty(
                Providers({"fake": Provider.model_validate(given)}), seconds=self.seconds
            )
        return self.known

    async def identity(self) -> Identity:
        departure = await self.party.authorize("fake", REDIRECT)
        self.issuer.nonce = departure.trip.nonce
        back = returned(f"state={departure.trip.state}&code=c")
        return await self.party.callback("fake", back, departure.trip, departure.cookie)

    async def refusal(self) -> OidcCode:
        with pytest.raises(OidcError) as caught:
            await self.identity()
        return caught.value.code


@pytest.fixture
async def signing_in() -> AsyncIterator[SigningIn]:
    async with fake_issuer() as issuer:
        yield SigningIn(issuer)
