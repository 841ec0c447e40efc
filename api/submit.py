"""The one way a route sends a command and answers with what became of it."""

import asyncio
import hmac
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID, uuid4, uuid5

import structlog
from fastapi import Depends, Header, Request
from starlette.responses import JSONResponse

from api.deps import CurrentActor, Parts, tenant_of
from api.errors import ApiProblem, refused
from api.middleware import traceparent
from api.models.common import Done
from api.parts import Deps
from bus.publisher import CommandTooLarge
from schemas.base import Command, PartnerId, TenantId
from schemas.envelope import Actor, Answer

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


@dataclass(frozen=True, slots=True)
class Attempt:
    """One HTTP request that is to become a command."""

    deps: Deps
    actor: Actor
    message_id: UUID
    input_hash: str

    def new_id(self, what: str) -> UUID:
        """The id of what the command makes: a retry under the same key gets the same."""
        return uuid5(self.message_id, what)

    async def send(
        self, command: Command, tenant_id: TenantId, partner_id: PartnerId | None
    ) -> Answer | None:
        """None: not answered in time. A refusal is raised as its problem."""
        structlog.contextvars.bind_contextvars(command_id=str(self.message_id))
        envelope = self.deps.seal(
            command,
            tenant_id=tenant_id,
            partner_id=partner_id,
            actor=self.actor,
            message_id=self.message_id,
            input_hash=self.input_hash,
            traceparent=traceparent(),
        )
        wait = self.deps.limits.command_wait_seconds
        try:
            answer = await self.deps.bus.submit(envelope, command.stream_id, wait)
        except CommandTooLarge as error:
            raise ApiProblem(413, "request.too_large", str(error)) from error
        if answer is not None and answer.refusal is not None:
            raise refused(answer.refusal)
        return answer

    def pending(self, **known: Any) -> JSONResponse:
        """202: queued for sure, decided soon. `known` is what the answer will be about."""
        place = f"/commands/{self.message_id}"
        body = {"status": "pending", "command_id": self.message_id, **known, "position": None}
        return JSONResponse(
            {key: str(value) if isinstance(value, UUID) else value for key, value in body.items()},
            202,
            headers={"Location": place, "Retry-After": "1"},
        )


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
