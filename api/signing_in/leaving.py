"""Whether somebody may go for good: nobody leaves a place without its last owner or admin."""

from api.errors import ApiProblem
from api.parts import Deps
from api.reads import PLATFORM_SCOPE
from api.rows.people import MemberRow
from api.signing_in.places import name_of
from api.whole_team import everybody_at
from schemas.access import HEADS
from schemas.base import UserId
from schemas.envelope import Problem


async def require_not_last(deps: Deps, user_id: UserId) -> None:
    """Tells every place that would be left without one."""
    places = await deps.reads.memberships(PLATFORM_SCOPE, user_id)
    left = [row for row in places if row.role in HEADS and not await others_head(deps, row)]
    if left:
        problems = [await problem(deps, row) for row in left]
        detail = "You are the last one there who can let others in. Name another one first."
        raise ApiProblem(409, "identity.last_of_its_kind", detail, problems)


async def others_head(deps: Deps, row: MemberRow) -> bool:
    async for other in everybody_at(deps, row.place_id):
        if other.role == row.role and other.id != row.id:
            return True
    return False


async def problem(deps: Deps, row: MemberRow) -> Problem:
    name = await name_of(deps, row)
    return Problem(code="identity.last_of_its_kind", message=f"{row.role} of {name}", path=str(row.place_id))
