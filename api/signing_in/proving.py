"""Before something that matters or cannot be taken back, a person shows once more that it is them."""

from datetime import UTC, datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends

from api.deps import CurrentActor, Parts
from api.errors import ApiProblem
from api.parts import Deps
from api.signing_in.oneself import Me, Oneself
from api.signing_in.second_factor import methods_of
from schemas.base import UserId
from schemas.envelope import Actor

MINUTES = 15


async def require_proof(deps: Deps, actor: Actor) -> None:
    """Lately, and by who has a second factor with it: a password alone moves no money, takes no factor away.
    A program proves itself with every request: its scopes say what it may.
    """
    if actor.kind == "service":
        return
    at = actor.authenticated_at
    if at is None or datetime.now(UTC) - at > timedelta(minutes=MINUTES):
        raise wanting(f"a sign-in of the last {MINUTES} minutes")
    really = UserId(UUID(actor.impersonator or actor.id))
    if not actor.mfa and await methods_of(deps, really):
        raise wanting("your second factor")


def wanting(proof: str) -> ApiProblem:
    detail = f"This needs {proof}: POST /auth/step-up, then try again."
    return ApiProblem(403, "auth.step_up_required", detail)


def proven() -> Any:
    async def check(parts: Parts, actor: CurrentActor) -> None:
        await require_proof(parts, actor)

    return Depends(check)


async def proven_oneself(parts: Parts, me: Me) -> Oneself:
    await require_proof(parts, me.actor)
    return me


ProvenMe = Annotated[Oneself, Depends(proven_oneself)]
