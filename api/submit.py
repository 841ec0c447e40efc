"""The way from a request to a command, and waiting for what follows."""

import asyncio
import hmac
import time
from collections.abc import Awaitable, Callable
from typing import Annotated, Any
from uuid import UUID, uuid4, uuid5

from fastapi import Depends, Header, Request

from api.deps import CurrentActor, Parts, tenant_of
from api.errors import ApiProblem
from api.models.common import Done
from api.sending import Attempt as Attempt
from schemas.base import Command
from schemas.envelope import Actor

NAMESPACE = UUID("5f0c7a52-8f7e-4c0a-9a51-6f1de0c3b7aa")
"""Never changes: message ids derived from it are stored."""

KEY_HEADER = "Idempotency-Key"
IdempotencyKey = Annotated[
    str | None,
    Header(
        alias=KEY_HEADER,
        min_length=1,
        max_length=255,
        description="A retry with the same key and body gets the first answer again.",
    ),
]


async def done(attempt: Attempt, command: Command, made: UUID) -> Any:
    """For commands of a tenant's, about one thing with an id."""
    actor = attempt.actor
    answer = await attempt.send(command, tenant_of(actor), actor.partner_id)
    if answer is None:
        return attempt.pending(id=made)
    return Done(id=made, position=answer.position)


async def attempt(
    request: Request, parts: Parts, actor: CurrentActor, idempotency_key: IdempotencyKey = None
) -> Attempt:
    route = f"{request.method} {request.url.path}"
    body = await request.body()
    digest = hmac.digest(parts.hash_key, route.encode() + b"\0" + body, "sha256").hex()
    return Attempt(parts, actor, message_id(actor, route, idempotency_key), digest)


AttemptDep = Annotated[Attempt, Depends(attempt)]


async def keyed_attempt(attempt: AttemptDep, idempotency_key: IdempotencyKey = None) -> Attempt:
    """For what moves money: a retry that moved it twice would be found out on the bill."""
    if idempotency_key is None:
        raise ApiProblem(
            400, "request.idempotency_key_required", "Send an Idempotency-Key: this moves money."
        )
    return attempt


KeyedAttemptDep = Annotated[Attempt, Depends(keyed_attempt)]


def message_id(actor: Actor, route: str, key: str | None) -> UUID:
    """Keys of different tenants, partners and routes never meet."""
    if key is None:
        return uuid4()
    return uuid5(NAMESPACE, f"{actor.tenant_id}/{actor.partner_id} {route} {key}")


async def until(probe: Callable[[], Awaitable[bool]], seconds: float) -> bool:
    """Asks until the answer is yes or the time is up, first often, then less so."""
    deadline, pause = time.monotonic() + seconds, 0.01
    while not await probe():
        if time.monotonic() + pause > deadline:
            return False
        await asyncio.sleep(pause)
        pause = min(pause * 1.5, 0.1)
    return True
