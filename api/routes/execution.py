from dataclasses import asdict
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Query
from starlette.responses import Response, StreamingResponse

from api.bodies import json_body
from api.deps import CurrentActor, CurrentScope, Parts, caught_up, current_actor, may
from api.errors import not_found
from api.followed import Following
from api.models.common import Job
from api.models.execution import (
    ExecuteAgentBody,
    ExecuteWorkflowBody,
    Execution,
    ExecutionPage,
    ExecutionSummary,
    QueuePlace,
)
from api.pagination import PageDep, encode
from api.parts import Deps
from api.payloads import shown
from api.reads import Reads
from api.routes.control import start
from api.routes.run_shapes import found, spent, step, summary
from api.rows.runs import ExecutionRow, ExecutionStatus, RunFilter
from api.streaming import TERMINAL, EventStream, Story
from api.submit import AttemptDep
from infra.db.scope import Scope
from schemas.access import Permission
from schemas.execution.commands import StartExecution

router = APIRouter(tags=["execution"], dependencies=[Depends(current_actor)])
EventId = Annotated[int | None, Query(ge=0, le=2**63 - 1, description="Go on after this event.")]
LastEventId = Annotated[int | None, Header(ge=0, le=2**63 - 1, description="What an EventSource sends.")]
STREAM = """retry: 1000

id: 1044
event: execution.execution.started
data: {"position": 1044, "recorded_at": "2026-11-23T10:00:00Z", "data": {"execution_id": "…"}}

event: delta
data: {"node": "draft", "attempt": 1, "index": 0, "text": "The sea"}

"""


@router.post(
    "/agents/{agent_id}/execute",
    status_code=202,
    response_model=Job,
    dependencies=[may(Permission.EXECUTIONS_START)],
    summary="Run an agent on a message",
)
async def execute_agent(
    attempt: AttemptDep, agent_id: UUID, body: Annotated[ExecuteAgentBody, json_body(ExecuteAgentBody)]
) -> Any:
    command = StartExecution(
        execution_id=attempt.new_id("execution"),
        source_kind="agent",
        source_id=agent_id,
        inputs={"message": body.message},
        priority=body.priority,
        max_cost=body.max_cost,
    )
    return await start(attempt, command.execution_id, command)


@router.post(
    "/workflows/{workflow_id}/execute",
    status_code=202,
    response_model=Job,
    dependencies=[may(Permission.EXECUTIONS_START)],
    summary="Run a workflow",
)
async def execute_workflow(
    attempt: AttemptDep,
    workflow_id: UUID,
    body: Annotated[ExecuteWorkflowBody, json_body(ExecuteWorkflowBody)],
) -> Any:
    command = StartExecution(
        execution_id=attempt.new_id("execution"),
        source_kind="workflow",
        source_id=workflow_id,
        version=body.version,
        inputs=body.inputs,
        priority=body.priority,
        max_cost=body.max_cost,
    )
    return await start(attempt, command.execution_id, command)


@router.get(
    "/executions",
    response_model=ExecutionPage,
    dependencies=[may(Permission.EXECUTIONS_READ), caught_up("executions")],
    summary="List runs, newest first",
)
async def list_executions(
    parts: Parts,
    scope: CurrentScope,
    page: PageDep,
    status: ExecutionStatus | None = None,
    source_id: Annotated[UUID | None, Query(description="Runs of this workflow or agent.")] = None,
    parent_id: Annotated[UUID | None, Query(description="Runs this run started.")] = None,
    trigger_id: Annotated[UUID | None, Query(description="Runs this trigger started.")] = None,
) -> ExecutionPage:
    wanted = RunFilter(status, source_id, parent_id, trigger_id)
    runs = await parts.reads.executions(scope, page.key, page.limit, wanted)
    items = [ExecutionSummary(**summary(row)) for row in runs.items]
    return ExecutionPage(items=items, next_cursor=encode(runs.next))


@router.get(
    "/executions/{job_id}",
    response_model=Execution,
    response_model_exclude_unset=True,
    dependencies=[may(Permission.EXECUTIONS_READ), caught_up("executions", "ledger_entries")],
    summary="Look at a run and its steps",
)
async def get_execution(
    parts: Parts,
    actor: CurrentActor,
    scope: CurrentScope,
    job_id: UUID,
    include_children: Annotated[
        bool, Query(description="Count what the runs it started spent as well.")
    ] = False,
) -> Execution:
    row = found(await parts.reads.execution(scope, job_id))
    return Execution(
        **summary(row),
        max_cost=row.max_cost,
        queue=await place_in_queue(parts, scope, row),
        inputs=shown(row.inputs),
        output=shown(row.output),
        spent=spent(actor, await parts.reads.spending(scope, job_id, include_children)),
        steps=[step(one) for one in row.steps],
    )


async def place_in_queue(parts: Deps, scope: Scope, row: ExecutionRow) -> QueuePlace | None:
    waiting = await parts.reads.waiting(scope, row.id) if row.status == "queued" else None
    return QueuePlace(**asdict(waiting)) if waiting else None


@router.get(
    "/executions/{job_id}/stream",
    dependencies=[may(Permission.EXECUTIONS_READ)],
    response_class=StreamingResponse,
    responses={200: {"content": {"text/event-stream": {"example": STREAM}}}},
    summary="Follow a run live",
)
async def stream_execution(
    parts: Parts,
    scope: CurrentScope,
    follower: Following,
    job_id: UUID,
    last_event_id: LastEventId = None,
    resume_after: Annotated[EventId, Query(alias="last_event_id")] = None,
) -> Response:
    """Server-sent events: the run's durable events from the first on (or after `Last-Event-ID`), with
    ids to resume from, and between them `delta` events with text as the model says it. Ends with the run, or
    with a `problem` when you may not follow it any more.
    """
    stream_id = f"execution-{job_id}"
    first = await parts.reads.events_of_stream(scope, stream_id, 0, 1)
    if not first:
        raise not_found("execution.execution_not_found", "execution")
    asked = last_event_id if last_event_id is not None else resume_after or 0
    after = await resume_point(parts.reads, scope, stream_id, asked)
    if after is None:
        return Response(status_code=204)
    return EventStream(await Story.begin(parts, scope, stream_id, first[0].tenant_id, after), follower)


async def resume_point(reads: Reads, scope: Scope, stream_id: str, asked: int) -> int | None:
    """None after the last event: 204 tells an EventSource to stop. A position beyond it is not of this
    stream, so the story starts over."""
    if asked == 0:
        return 0
    found = await reads.events_of_stream(scope, stream_id, asked - 1, 1)
    if not found:
        return 0
    over = found[0].position == asked and isinstance(found[0].event, TERMINAL)
    return None if over else asked
