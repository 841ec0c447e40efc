"""The browser comes back from a provider: to which attempt of its own, and as whom."""

from dataclasses import dataclass
from uuid import UUID

from starlette.requests import Request

from api.federation.problems import as_problems
from api.parts import Deps
from api.signing_in.browsers import browser_in
from infra.oidc.identity import Identity
from infra.oidc.round_trip import Returned, RoundTrip, key_of, returned


@dataclass(frozen=True, slots=True)
class Arrival:
    """`trip`: None for an attempt that is over, was never begun, or was begun in another browser."""

    provider: str
    back: Returned
    cookie: str | None
    trip: RoundTrip | None = None
    for_program: bool = True
    session_id: UUID | None = None


async def arrival(deps: Deps, request: Request, provider: str) -> Arrival:
    """What was kept is taken: nothing is used twice, whatever comes of it."""
    with as_problems():
        back = returned(request.url.query)
    cookie = browser_in(request)
    kept = await deps.vault.round_trips.take(key_of(back.state), cookie) if cookie else None
    if kept is None:
        return Arrival(provider, back, cookie)
    trip = RoundTrip.model_validate_json(kept.details["trip"])
    session = kept.details.get("session")
    for_program = kept.details["mode"] == "api"
    return Arrival(provider, back, cookie, trip, for_program, UUID(session) if session else None)


async def identity_of(deps: Deps, arrived: Arrival) -> Identity:
    with as_problems():
        return await deps.federation.party.callback(
            arrived.provider, arrived.back, arrived.trip, arrived.cookie
        )
