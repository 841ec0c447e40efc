from uuid import UUID

from fastapi import APIRouter, Depends, Request

from api.deps import CurrentScope, Parts, current_actor
from api.errors import ApiProblem, body_of, refused
from api.models.common import CommandStatus, ProblemDetails

router = APIRouter(tags=["commands"], dependencies=[Depends(current_actor)])


@router.get("/commands/{command_id}", response_model=CommandStatus, summary="What became of a queued command")
async def get_command(parts: Parts, scope: CurrentScope, command_id: UUID, request: Request) -> CommandStatus:
    """404 until it is decided: ask again after the seconds in Retry-After."""
    answer = await parts.reads.command_answer(scope, command_id)
    if answer is None:
        raise ApiProblem(
            404, "command.not_answered", "No answer under this id, or not yet.", headers={"Retry-After": "1"}
        )
    problem = None
    if answer.refusal is not None:
        told = body_of(refused(answer.refusal), request.state.request_id)
        problem = ProblemDetails.model_validate(told)
    return CommandStatus(
        id=answer.message_id,
        status=answer.status,
        stream=answer.stream,
        position=answer.position,
        problem=problem,
    )
