"""A run to take along."""

from uuid import UUID

from fastapi import APIRouter, Depends

from api.bundles import NothingRan, StillRunning, TooLong, bundle_of
from api.deps import CurrentScope, Parts, current_actor, may
from api.errors import ApiProblem, not_found
from api.models.bundle import Bundle
from api.openapi import problem_response
from schemas.access import Permission

router = APIRouter(tags=["execution"], dependencies=[Depends(current_actor)])


@router.get(
    "/executions/{job_id}/bundle",
    response_model=Bundle,
    dependencies=[may(Permission.EXECUTIONS_READ)],
    responses={409: problem_response(409)},
    summary="An ended run as a file: its inputs, and all that was answered to it",
)
async def get_bundle(parts: Parts, scope: CurrentScope, job_id: UUID) -> Bundle:
    """What `hb workflows check` plays against another version, from the record itself."""
    try:
        found = await bundle_of(parts.reads, scope, job_id)
    except NothingRan as error:
        raise not_found("execution.execution_not_found", "execution") from error
    except StillRunning as error:
        raise ApiProblem(409, "execution.not_ended", str(error)) from error
    except TooLong as error:
        raise ApiProblem(422, "execution.too_long", str(error)) from error
    return Bundle.model_validate(found.model_dump())
