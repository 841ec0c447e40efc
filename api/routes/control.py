"""Steering a run. The owner is read from the record itself, so that a run just started can be stopped."""

from typing import Annotated, Any
from uuid import UUID

import structlog
from fastapi import APIRouter, Depends, Path

from api.bodies import json_body
from api.deps import CurrentScope, Parts, caught_up, current_actor, may, tenant_of
from api.errors import not_found
from api.models.common import Done, Job, Links
from api.models.control import EndBody, ForkBody, SignalBody
from api.parts import Deps
from api.routes.run_shapes import visible_run
from api.submit import Attempt, AttemptDep
from infra.db.scope import Scope
from schemas.access import Permission
from schemas.authoring.definition import Source
from schemas.base import Command
from schemas.execution.commands import (
    CancelExecution,
    DeliverSignal,
    ForkExecution,
    PauseExecution,
    ResumeExecution,
    TerminateExecution,
)
from schemas.execution.types import ForkRef

router = APIRouter(prefix="/executions/{job_id}", tags=["execution"], dependencies=[Depends(current_actor)])
CONTROL = may(Permission.EXECUTIONS_CONTROL)
SignalName = Annotated[str, Path(pattern=r"^[a-z][a-z0-9_]{0,39}$", description="The wait's `event`.")]
End = Annotated[EndBody, json_body(EndBody, optional=True)]


@router.post("/cancel", response_model=Done, dependencies=[CONTROL], summary="End a run and all it started")
async def cancel_execution(
    parts: Parts, scope: CurrentScope, attempt: AttemptDep, job_id: UUID, body: End
) -> Any:
    command = CancelExecution(execution_id=job_id, reason=body.reason)
    return await steer(parts, scope, attempt, job_id, command)


@router.post("/pause", response_model=Done, dependencies=[CONTROL], summary="Begin nothing new in a run")
async def pause_execution(parts: Parts, scope: CurrentScope, attempt: AttemptDep, job_id: UUID) -> Any:
    """What is under way is finished and kept."""
    return await steer(parts, scope, attempt, job_id, PauseExecution(execution_id=job_id))


@router.post("/resume", response_model=Done, dependencies=[CONTROL], summary="Let a paused run go on")
async def resume_execution(parts: Parts, scope: CurrentScope, attempt: AttemptDep, job_id: UUID) -> Any:
    return await steer(parts, scope, attempt, job_id, ResumeExecution(execution_id=job_id))


@router.post(
    "/terminate",
    response_model=Done,
    dependencies=[may(Permission.EXECUTIONS_TERMINATE)],
    summary="End a run whatever is the matter with it",
)
async def terminate_execution(
    parts: Parts, scope: CurrentScope, attempt: AttemptDep, job_id: UUID, body: End
) -> Any:
    command = TerminateExecution(execution_id=job_id, reason=body.reason)
    return await steer(parts, scope, attempt, job_id, command)


@router.post("/signals/{name}", response_model=Done, dependencies=[CONTROL], summary="Send a run an event")
async def send_signal(
    parts: Parts,
    scope: CurrentScope,
    attempt: AttemptDep,
    job_id: UUID,
    name: SignalName,
    body: Annotated[SignalBody, json_body(SignalBody, optional=True)],
) -> Any:
    """For the wait of that name: now, or when the run comes to it."""
    command = DeliverSignal(execution_id=job_id, name=name, payload=body.payload)
    return await steer(parts, scope, attempt, job_id, command)


@router.post(
    "/fork",
    status_code=202,
    response_model=Job,
    dependencies=[may(Permission.EXECUTIONS_START), caught_up("executions")],
    summary="Run it again from a step on",
)
async def fork_execution(
    parts: Parts,
    scope: CurrentScope,
    attempt: AttemptDep,
    job_id: UUID,
    body: Annotated[ForkBody, json_body(ForkBody)],
) -> Any:
    """The steps before it are reused and cost nothing again."""
    row = await visible_run(parts, scope, job_id)
    source = Source(
        kind=row.source_kind,
        id=row.source_id,
        version=row.source_version,
        hash=row.source_hash,
        name=row.source_name,
    )
    command = ForkExecution(
        execution_id=attempt.new_id("execution"),
        fork=ForkRef(execution_id=job_id, from_node=body.from_node, models=body.models),
        source=source,
        inputs=body.inputs,
        priority=body.priority,
    )
    return await start(attempt, command.execution_id, command)


async def start(attempt: Attempt, job_id: UUID, command: Command) -> Any:
    structlog.contextvars.bind_contextvars(job_id=str(job_id))
    links = Links(self=f"/executions/{job_id}", stream=f"/executions/{job_id}/stream")
    answer = await attempt.send(command, tenant_of(attempt.actor), attempt.actor.partner_id)
    if answer is None:
        return attempt.pending(job_id=job_id, links=links.model_dump())
    return Job(job_id=job_id, position=answer.position, links=links)


async def steer(parts: Deps, scope: Scope, attempt: Attempt, job_id: UUID, command: Command) -> Any:
    first = await parts.reads.events_of_stream(scope, command.stream_id, 0, 1)
    if not first:
        raise not_found("execution.execution_not_found", "execution")
    answer = await attempt.send(command, first[0].tenant_id, first[0].partner_id)
    if answer is None:
        return attempt.pending(id=job_id)
    return Done(id=job_id, position=answer.position)
