from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Path

from api.bodies import json_body
from api.deps import CurrentScope, Parts, caught_up, current_actor, may, tenant_of
from api.errors import not_found
from api.models.common import Done
from api.models.triggers import (
    CreateTriggerBody,
    Delivery,
    DeliveryPage,
    ReviseTriggerBody,
    Trigger,
    TriggerPage,
    WebhookBody,
)
from api.pagination import PageDep, encode
from api.parts import Deps
from api.replays import occurred
from api.rows.authoring import DeliveryRow, TriggerRow
from api.submit import Attempt, AttemptDep
from infra.db.scope import Scope
from schemas.access import Permission
from schemas.authoring.commands import (
    CreateTrigger,
    DisableTrigger,
    EnableTrigger,
    ReplayDelivery,
    ReviseTrigger,
)
from schemas.authoring.triggers import TriggerDefinition, run_of
from schemas.base import Command

router = APIRouter(tags=["triggers"], dependencies=[Depends(current_actor)])
WRITING = [may(Permission.AUTHORING_WRITE)]
READING = [may(Permission.EXECUTIONS_READ), caught_up("triggers")]
OccurrencePath = Annotated[str, Path(pattern=r"^[A-Za-z0-9._:~+-]{1,240}$")]


@router.post(
    "/triggers", status_code=201, response_model=Done, dependencies=WRITING, summary="Create a trigger"
)
async def create_trigger(
    parts: Parts, attempt: AttemptDep, body: Annotated[CreateTriggerBody, json_body(CreateTriggerBody)]
) -> Any:
    trigger_id = attempt.new_id("trigger")
    fields = {**dict(body), "definition": sealed(parts, body)}
    return await send(attempt, CreateTrigger(trigger_id=trigger_id, **fields), trigger_id)


@router.put(
    "/triggers/{trigger_id}", response_model=Done, dependencies=WRITING, summary="Set up a trigger anew"
)
async def revise_trigger(
    parts: Parts,
    attempt: AttemptDep,
    trigger_id: UUID,
    body: Annotated[ReviseTriggerBody, json_body(ReviseTriggerBody)],
) -> Any:
    fields = {**dict(body), "definition": sealed(parts, body)}
    return await send(attempt, ReviseTrigger(trigger_id=trigger_id, **fields), trigger_id)


@router.get("/triggers", response_model=TriggerPage, dependencies=READING, summary="List the triggers")
async def list_triggers(parts: Parts, scope: CurrentScope, page: PageDep) -> TriggerPage:
    found = await parts.reads.triggers(scope, page.key, page.limit)
    return TriggerPage(items=[shown(row) for row in found.items], next_cursor=encode(found.next))


@router.get(
    "/triggers/{trigger_id}", response_model=Trigger, dependencies=READING, summary="Look at a trigger"
)
async def get_trigger(parts: Parts, scope: CurrentScope, trigger_id: UUID) -> Trigger:
    return shown(await existing(parts, scope, trigger_id))


@router.post(
    "/triggers/{trigger_id}/enable",
    response_model=Done,
    dependencies=WRITING,
    summary="Let a trigger start runs",
)
async def enable_trigger(attempt: AttemptDep, trigger_id: UUID) -> Any:
    """A clock goes on from now: what passed while it was disabled was not missed."""
    return await send(attempt, EnableTrigger(trigger_id=trigger_id), trigger_id)


@router.post(
    "/triggers/{trigger_id}/disable",
    response_model=Done,
    dependencies=WRITING,
    summary="Stop a trigger",
)
async def disable_trigger(attempt: AttemptDep, trigger_id: UUID) -> Any:
    return await send(attempt, DisableTrigger(trigger_id=trigger_id), trigger_id)


@router.get(
    "/triggers/{trigger_id}/deliveries",
    response_model=DeliveryPage,
    dependencies=READING,
    summary="What came of a trigger's occurrences",
)
async def list_deliveries(parts: Parts, scope: CurrentScope, trigger_id: UUID, page: PageDep) -> DeliveryPage:
    await existing(parts, scope, trigger_id)
    found = await parts.reads.deliveries(scope, trigger_id, page.key, page.limit)
    return DeliveryPage(items=[delivery(row) for row in found.items], next_cursor=encode(found.next))


@router.post(
    "/triggers/{trigger_id}/deliveries/{occurrence}/replay",
    response_model=Done,
    dependencies=WRITING,
    summary="Start a run of an occurrence once more",
)
async def replay_delivery(
    parts: Parts, scope: CurrentScope, attempt: AttemptDep, trigger_id: UUID, occurrence: OccurrencePath
) -> Any:
    """With what it brought then, and the trigger as it is now. `id` is the new run's."""
    happened = await occurred(parts, scope, trigger_id, occurrence)
    replay_id = attempt.new_id("replay")
    command = ReplayDelivery(
        trigger_id=trigger_id,
        occurrence=occurrence,
        replay_id=replay_id,
        payload=happened.payload,
        at=happened.at,
    )
    return await send(attempt, command, run_of(trigger_id, command.replayed))


async def existing(parts: Deps, scope: Scope, trigger_id: UUID) -> TriggerRow:
    row = await parts.reads.trigger(scope, trigger_id)
    if row is None:
        raise not_found("authoring.trigger_not_found", "trigger")
    return row


async def send(attempt: Attempt, command: Command, made: UUID) -> Any:
    actor = attempt.actor
    answer = await attempt.send(command, tenant_of(actor), actor.partner_id)
    if answer is None:
        return attempt.pending(id=made)
    return Done(id=made, position=answer.position)


def sealed(parts: Deps, body: ReviseTriggerBody) -> TriggerDefinition:
    """The secret leaves the edge encrypted."""
    definition = body.definition
    if not isinstance(definition, WebhookBody):
        return definition
    secret = definition.secret
    return definition.sealed(parts.hook_secrets.seal(secret.get_secret_value()) if secret else None)


def shown(row: TriggerRow) -> Trigger:
    return Trigger(
        id=row.id,
        name=row.name,
        workflow_id=row.workflow_id,
        version=row.version,
        hash=row.hash,
        definition=row.definition,
        enabled=row.enabled,
        next_tick=row.next_tick,
        hook=f"/hooks/{row.id}" if row.definition.type == "webhook" else None,
        created_at=row.created_at,
        updated_at=row.updated_at,
    )


def delivery(row: DeliveryRow) -> Delivery:
    without_run = row.status in ("refused", "misfired", "skipped")
    return Delivery(
        occurrence=row.occurrence,
        status=row.status,
        execution_id=None if without_run else row.id,
        at=row.at,
        until=row.until,
        ticks=row.ticks,
        problem=row.problem,
        created_at=row.created_at,
    )
