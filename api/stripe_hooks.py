"""What Stripe tells. Only that something happened is believed; what, its object is asked for."""

import time
from collections.abc import Mapping
from typing import Any, Literal
from uuid import UUID, uuid5

from api.bodies import parsed
from api.errors import ApiProblem
from api.middleware import traceparent
from api.parts import Deps
from api.reads import PLATFORM_SCOPE
from api.signatures import verified
from schemas.authoring.triggers import WebhookSettings
from schemas.billing.payments import LookAtPayment
from schemas.envelope import Actor

MAX_BYTES = 256 * 1024
NAMESPACE = UUID("0d5b7f0c-2c8e-4f43-8a52-6f6f0f5b1c11")
"""Never changes: message ids derived from it are stored."""

ACTOR = Actor(kind="system", id="stripe")
SIGNED = WebhookSettings(type="webhook", preset="stripe")


async def receive(deps: Deps, headers: Mapping[str, str], body: bytes) -> Literal["looked_at", "ignored"]:
    if len(body) > MAX_BYTES:
        raise ApiProblem(413, "request.too_large", f"An event may have at most {MAX_BYTES} bytes.")
    if deps.stripe_webhook_secret is None:
        raise ApiProblem(404, "payment.webhook_not_set_up", "No secret is set for Stripe's webhooks.")
    if not verified(SIGNED, deps.stripe_webhook_secret, headers, body, time.time()):
        raise ApiProblem(400, "payment.bad_signature", "This is not signed by Stripe, or too old.")
    return await look(deps, parsed(body))


async def look(deps: Deps, event: Any) -> Literal["looked_at", "ignored"]:
    """An event that comes again is the same wish. Not answered in time, it is queued for sure."""
    event_id, tenant_id, invoice_id = about(event)
    tenant = await deps.reads.tenant(PLATFORM_SCOPE, tenant_id) if tenant_id else None
    if tenant is None or invoice_id is None or event_id is None:
        return "ignored"
    command = LookAtPayment(tenant_id=tenant.id, invoice_id=invoice_id)
    envelope = deps.seal(
        command,
        tenant_id=tenant.id,
        partner_id=tenant.partner_id,
        actor=ACTOR,
        message_id=uuid5(NAMESPACE, event_id),
        traceparent=traceparent(),
    )
    answer = await deps.bus.submit(envelope, command.stream_id, deps.limits.command_wait_seconds)
    return "ignored" if answer is not None and answer.refusal is not None else "looked_at"


def about(event: Any) -> tuple[str | None, UUID | None, UUID | None]:
    """The event's id, and the tenant and invoice we named in its object's metadata."""
    event_id = at(event, "id")
    metadata = at(at(at(event, "data"), "object"), "metadata")
    known = event_id if isinstance(event_id, str) else None
    return known, uuid(at(metadata, "tenant_id")), uuid(at(metadata, "invoice_id"))


def at(value: Any, key: str) -> Any:
    return value.get(key) if isinstance(value, dict) else None


def uuid(text: Any) -> UUID | None:
    try:
        return UUID(text) if isinstance(text, str) else None
    except ValueError:
        return None
