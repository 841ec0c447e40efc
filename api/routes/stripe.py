from typing import Any

from fastapi import APIRouter, Request

from api.deps import Parts
from api.models.payments import StripeReceived
from api.stripe_hooks import receive

router = APIRouter(tags=["payments"])
EVENT = {"id": "evt_1", "type": "payment_intent.succeeded", "data": {"object": {"id": "pi_1"}}}
BODY: dict[str, Any] = {"content": {"*/*": {"example": EVENT}}}


@router.post(
    "/payments/stripe/webhook",
    response_model=StripeReceived,
    openapi_extra={"requestBody": BODY},
    summary="Where Stripe tells that something happened",
)
async def stripe_webhook(parts: Parts, request: Request) -> StripeReceived:
    """No token: Stripe's signature is checked."""
    return StripeReceived(received=await receive(parts, request.headers, await request.body()))
