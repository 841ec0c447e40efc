"""Calls from outside that start runs: checked first, told only when committed."""

import math
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from api.bodies import parsed
from api.deliveries import delivery_id, message_id
from api.errors import ApiProblem, refused
from api.middleware import traceparent
from api.parts import Deps
from api.reads import PLATFORM_SCOPE
from api.rows.authoring import HookRow
from api.signatures import verified
from schemas.authoring.commands import FireTrigger
from schemas.authoring.triggers import WebhookSettings, run_of
from schemas.envelope import Actor

MAX_BYTES = 256 * 1024
ACTOR = Actor(kind="system", id="hooks")
NOBODY = WebhookSettings(type="webhook")


@dataclass(frozen=True, slots=True)
class Call:
    trigger_id: UUID
    headers: Mapping[str, str]
    body: bytes


async def receive(deps: Deps, call: Call) -> UUID:
    """The id of the run it starts: the same for the same delivery, however often it comes."""
    if len(call.body) > MAX_BYTES:
        raise ApiProblem(413, "request.too_large", f"A call may have at most {MAX_BYTES} bytes.")
    hook = await authenticated(deps, call)
    require_token(deps, hook)
    if not hook.enabled:
        raise ApiProblem(409, "authoring.trigger_not_listening", "The trigger is disabled.")
    payload = parsed(call.body) if call.body else None
    occurrence = delivery_id(hook.settings, call.headers, call.body, payload)
    await fire(deps, hook, occurrence, payload)
    return run_of(hook.id, occurrence)


async def authenticated(deps: Deps, call: Call) -> HookRow:
    """No trigger and a wrong signature are the same answer after the same work."""
    hook = await deps.reads.hook(PLATFORM_SCOPE, call.trigger_id)
    secret = deps.hook_secrets.open(hook.secret_ciphertext if hook else None)
    settings = hook.settings if hook else NOBODY
    right = verified(settings, secret, call.headers, call.body, time.time())
    if hook is None or not right:
        raise ApiProblem(401, "hook.unauthorized", "No such hook, or the call is not signed as it must be.")
    return hook


def require_token(deps: Deps, hook: HookRow) -> None:
    """After the signature: who may not call takes nothing from who may."""
    if wait := deps.hook_calls.take(hook.id):
        headers = {"Retry-After": str(math.ceil(wait))}
        raise ApiProblem(429, "hook.too_many_calls", "Send it again later: it counts once.", headers=headers)


async def fire(deps: Deps, hook: HookRow, occurrence: str, payload: Any) -> None:
    """Not answered in time, it may be queued: the caller's next try is the same delivery."""
    now = datetime.now(UTC)
    command = FireTrigger(trigger_id=hook.id, kind="webhook", occurrence=occurrence, payload=payload, at=now)
    envelope = deps.seal(
        command,
        tenant_id=hook.tenant_id,
        partner_id=hook.partner_id,
        actor=ACTOR,
        message_id=message_id(hook.id, occurrence),
        traceparent=traceparent(),
    )
    answer = await deps.bus.submit(envelope, command.stream_id, deps.limits.command_wait_seconds)
    if answer is None:
        raise ApiProblem(
            503, "hook.not_answered", "Send it again: it counts once.", headers={"Retry-After": "5"}
        )
    if answer.refusal is not None:
        raise refused(answer.refusal)
