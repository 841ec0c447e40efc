"""The one way the edge sends a command and answers with what became of it."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid5

import structlog
from starlette.responses import JSONResponse

from api.errors import ApiProblem, refused
from api.middleware import traceparent
from api.parts import Deps
from bus.publisher import CommandTooLarge
from schemas.base import Command, PartnerId, TenantId
from schemas.envelope import Actor, Answer


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
