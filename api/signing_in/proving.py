"""People change how they sign in only shortly after they have shown who they are."""

from typing import Annotated

from fastapi import Depends

from api.deps import Parts
from api.errors import ApiProblem
from api.signing_in.oneself import Me, Oneself
from api.signing_in.second_factor import methods_of
from api.step_up import require_recent


async def proven_oneself(parts: Parts, me: Me) -> Oneself:
    """With all they have: a password alone does not take a second factor away."""
    require_recent(me.actor)
    if not me.actor.mfa and await methods_of(parts, me.id):
        detail = "This needs your second factor: POST /auth/step-up, then try again."
        raise ApiProblem(403, "auth.step_up_required", detail)
    return me


ProvenMe = Annotated[Oneself, Depends(proven_oneself)]
