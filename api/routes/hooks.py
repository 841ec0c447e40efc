from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request

from api.deps import Parts
from api.hooks import Call, receive
from api.models.triggers import HookAccepted

router = APIRouter(tags=["triggers"])
BODY: dict[str, Any] = {"content": {"*/*": {"example": {"order": 4711}}}}


@router.post(
    "/hooks/{trigger_id}",
    status_code=202,
    response_model=HookAccepted,
    openapi_extra={"requestBody": BODY},
    summary="Call a webhook trigger",
)
async def call_hook(parts: Parts, trigger_id: UUID, request: Request) -> HookAccepted:
    """No token: the signature is checked. The body is JSON of at most 256 KB."""
    call = Call(trigger_id, request.headers, await request.body())
    return HookAccepted(execution_id=await receive(parts, call))
