"""Stripe's webhooks: signed, claimed once, and believed only in that something happened."""

import json
import time
from typing import Any
from uuid import uuid4

import httpx2
import pytest
import stripe

from schemas.billing.payments import LookAtPayment
from schemas.envelope import Refusal
from schemas.registry import command_from
from tests.api.world import STRIPE_SECRET, World, problem

Client = httpx2.AsyncClient
PLACE = "/payments/stripe/webhook"


def event(world: World, event_id: str = "evt_1", **metadata: Any) -> dict[str, Any]:
    about = {"tenant_id": str(world.tenant), "invoice_id": str(uuid4()), **metadata}
    found = {"id": "pi_1", "object": "payment_intent", "status": "succeeded", "metadata": about}
    return {"id": event_id, "object": "event", "type": "payment_intent.succeeded", "data": {"object": found}}


async def send(
    client: Client, told: Any, secret: str = STRIPE_SECRET, sent_at: float | None = None
) -> httpx2.Response:
    body = json.dumps(told)
    at = int(sent_at or time.time())
    signature = stripe.WebhookSignature._compute_signature(f"{at}.{body}", secret)
    header = f"t={at},v1={signature}"
    return await client.post(PLACE, content=body, headers={"Stripe-Signature": header})


async def test_news_lead_to_looking_at_the_payment(world: World, nobody: Client) -> None:
    told = event(world)
    assert (await send(nobody, told)).json() == {"received": "looked_at"}
    (envelope,) = world.bus.sent
    command = command_from(envelope.type, envelope.data)
    assert isinstance(command, LookAtPayment)
    assert str(command.invoice_id) == told["data"]["object"]["metadata"]["invoice_id"]
    assert (envelope.tenant_id, envelope.partner_id) == (world.tenant, world.partner)
    assert str(envelope.actor) == "system:stripe"


async def test_an_event_is_claimed_once_in_whatever_order_they_come(world: World, nobody: Client) -> None:
    invoice = str(uuid4())
    for event_id in ("evt_2", "evt_1", "evt_2", "evt_1"):
        response = await send(nobody, event(world, event_id, invoice_id=invoice))
        assert response.json() == {"received": "looked_at"}
    assert len(world.bus.answered) == 2
    first, second, *again = [sent.message_id for sent in world.bus.sent]
    assert again == [first, second]


async def test_the_body_is_not_what_is_believed(world: World, nobody: Client) -> None:
    """A later event may come first: what it says of the status is left where it is."""
    failed = event(world)
    failed["type"] = "payment_intent.payment_failed"
    failed["data"]["object"]["status"] = "requires_payment_method"
    await send(nobody, failed)
    (envelope,) = world.bus.sent
    assert envelope.data.keys() == {"tenant_id", "invoice_id"}


@pytest.mark.parametrize(
    "how", [{"secret": "whsec_wrong"}, {"sent_at": time.time() - 3600}, {"sent_at": time.time() + 3600}]
)
async def test_what_is_not_signed_by_stripe_now_is_refused(
    world: World, nobody: Client, how: dict[str, Any]
) -> None:
    problem(await send(nobody, event(world), **how), 400, "payment.bad_signature")
    assert world.bus.sent == []


async def test_without_a_signature_it_is_refused(world: World, nobody: Client) -> None:
    for header in ({}, {"Stripe-Signature": "t=,v1="}, {"Stripe-Signature": "x"}):
        response = await nobody.post(PLACE, content=b"{}", headers=header)
        problem(response, 400, "payment.bad_signature")


@pytest.mark.parametrize("told", [{}, [], {"id": "evt_1"}, {"id": 1, "data": {"object": {"metadata": []}}}])
async def test_what_is_about_nothing_of_ours_is_ignored(world: World, nobody: Client, told: Any) -> None:
    assert (await send(nobody, told)).json() == {"received": "ignored"}
    assert world.bus.sent == []


async def test_a_tenant_nobody_knows_is_ignored(world: World, nobody: Client) -> None:
    assert (await send(nobody, event(world, tenant_id=str(uuid4())))).json() == {"received": "ignored"}
    world.bus.refusal = Refusal(code="access.not_found", kind="not_found", detail="No.")
    assert (await send(nobody, event(world))).json() == {"received": "ignored"}


async def test_an_answer_that_takes_long_is_queued_for_sure(world: World, nobody: Client) -> None:
    world.bus.slow = True
    assert (await send(nobody, event(world))).json() == {"received": "looked_at"}


async def test_without_a_secret_there_is_no_such_place(nobody: Client, world: World) -> None:
    world.stripe_secret = None
    world.app = world.build()
    async with world.client() as client:
        problem(await send(client, event(world)), 404, "payment.webhook_not_set_up")
