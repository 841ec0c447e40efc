"""The browser leaves for a provider. What it needs to be let in again is kept in the vault, once."""

from dataclasses import dataclass
from typing import Literal

from starlette.requests import Request

from api.federation.problems import as_problems
from api.parts import Deps
from api.signing_in.browsers import browser_in
from api.signing_in.oneself import Oneself
from infra.identity.round_trips import RoundTrip as Kept
from infra.oidc.relying_party import Departure
from infra.oidc.round_trip import key_of

Mode = Literal["browser", "api"]


@dataclass(frozen=True, slots=True)
class Wanted:
    """`mode`: whether a person's browser or a program gets the tokens. `me`: who links the provider.
    `port`: where on the browser's machine that program waits.
    """

    provider: str
    redirect_to: str = "/"
    mode: Mode = "browser"
    me: Oneself | None = None
    port: int | None = None


async def departed(deps: Deps, request: Request, wanted: Wanted) -> Departure:
    """The caller sets the cookie."""
    me, federation = wanted.me, deps.federation
    with as_problems():
        departure = await federation.party.authorize(
            wanted.provider,
            federation.callback(wanted.provider),
            wanted.redirect_to,
            cookie=browser_in(request),
            link_to=me.id if me else None,
            port=wanted.port,
        )
    trip = departure.trip
    details = {"trip": trip.model_dump_json(), "mode": "api" if wanted.port else wanted.mode}
    if me is not None:
        details["session"] = str(me.session_id)
    kept = Kept(trip.provider, trip.nonce, trip.verifier, details)
    await deps.vault.round_trips.begin(key_of(trip.state), departure.cookie, kept)
    return departure
