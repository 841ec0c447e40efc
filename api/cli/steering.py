"""Orders to a run, in the name of the operator."""

import asyncio
import json
from typing import Any
from uuid import UUID, uuid4

from pydantic import ValidationError

from api.cli.endpoints import find
from api.cli.errors import Refused
from api.cli.look import TICK, out
from api.cli.operate import desk
from api.cli.runs import found, reads
from api.rows.runs import ExecutionRow
from infra.settings import Settings
from schemas.authoring.definition import Source
from schemas.base import Command
from schemas.execution import commands as c
from schemas.execution.types import ForkRef


def cancel(settings: Settings, run: UUID, reason: str) -> None:
    steer(settings, run, c.CancelExecution(execution_id=run, reason=reason), "is cancelled")


def terminate(settings: Settings, run: UUID, reason: str) -> None:
    steer(settings, run, c.TerminateExecution(execution_id=run, reason=reason), "is terminated")


def pause(settings: Settings, run: UUID) -> None:
    steer(settings, run, c.PauseExecution(execution_id=run), "begins nothing new")


def resume(settings: Settings, run: UUID) -> None:
    steer(settings, run, c.ResumeExecution(execution_id=run), "goes on")


def signal(settings: Settings, run: UUID, name: str, payload: str | None) -> None:
    try:
        command = c.DeliverSignal(execution_id=run, name=name, payload=parsed(payload))
    except ValidationError as error:
        raise Refused(f"{name!r} is no name of an event.", "Small letters, digits and _.") from error
    steer(settings, run, command, f"knows of {name}")


def answer(settings: Settings, run: UUID, node: str, approved: bool, data: str | None) -> None:
    given = {"approved": approved, "data": parsed_object(data) or {}}
    done = f"has its answer at {node}: {'yes' if approved else 'no'}"
    steer(settings, run, c.AnswerApproval(execution_id=run, node=node, **given), done)


def fork(settings: Settings, run: UUID, node: str | None, inputs: str | None) -> None:
    new = uuid4()
    asyncio.run(forked(settings, run, new, node, parsed_object(inputs)))
    out.print(f"{TICK} run {new} goes on from {run}")


def steer(settings: Settings, run: UUID, command: Command, done: str) -> None:
    asyncio.run(ordered(settings, run, command))
    out.print(f"{TICK} run {run} {done}")


async def ordered(settings: Settings, run: UUID, command: Command) -> None:
    await send(settings, await known(settings, run), command)


async def forked(
    settings: Settings, run: UUID, new: UUID, node: str | None, inputs: dict[str, Any] | None
) -> None:
    row = await known(settings, run)
    source = Source(
        kind=row.source_kind,
        id=row.source_id,
        version=row.source_version,
        hash=row.source_hash,
        name=row.source_name,
    )
    again = ForkRef(execution_id=run, from_node=node)
    await send(settings, row, c.ForkExecution(execution_id=new, fork=again, source=source, inputs=inputs))


async def known(settings: Settings, run: UUID) -> ExecutionRow:
    async with reads(settings) as at:
        return await found(at, run)


async def send(settings: Settings, row: ExecutionRow, command: Command) -> None:
    async with desk(find(settings)) as at:
        answer = await at.order(command, row.tenant_id, row.partner_id)
        await at.seen(answer, "executions", "approvals")


def parsed(text: str | None) -> Any:
    try:
        return None if text is None else json.loads(text)
    except ValueError as error:
        raise Refused(f"this is not JSON: {error}.", "") from error


def parsed_object(text: str | None) -> dict[str, Any] | None:
    value = parsed(text)
    if value is None or isinstance(value, dict):
        return value
    raise Refused("this is no JSON object.", 'For example {"comment": "fine"}.')
