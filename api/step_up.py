"""Before something that cannot be taken back, a person shows once more that it is them."""

from datetime import UTC, datetime, timedelta
from typing import Any

from fastapi import Depends

from api.deps import CurrentActor
from api.errors import ApiProblem
from schemas.envelope import Actor

MINUTES = 15


def recent(minutes: int = MINUTES) -> Any:
    async def check(actor: CurrentActor) -> Actor:
        return require_recent(actor, minutes)

    return Depends(check)


def require_recent(actor: Actor, minutes: int = MINUTES) -> Actor:
    """A program proves itself with every request: its scopes say what it may."""
    if actor.kind == "service":
        return actor
    at = actor.authenticated_at
    if at is None or datetime.now(UTC) - at > timedelta(minutes=minutes):
        raise ApiProblem(
            403,
            "auth.step_up_required",
            f"This needs a sign-in of the last {minutes} minutes: POST /auth/step-up, then try again.",
        )
    return actor
