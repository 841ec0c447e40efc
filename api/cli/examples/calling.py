"""Calls a webhook trigger as its other side would: signed as Standard Webhooks says."""

import base64
import hmac
import json
import time
from typing import Any
from uuid import uuid4

from api.cli.telling.client import Api
from api.cli.telling.errors import StoryFailed


def signed(secret: str, payload: Any, delivery: str, now: int) -> tuple[bytes, dict[str, str]]:
    """Body and headers. `secret` is `whsec_` and the key in base64."""
    body = json.dumps(payload).encode()
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signature = hmac.digest(key, b"%b.%d.%b" % (delivery.encode(), now, body), "sha256")
    return body, {
        "content-type": "application/json",
        "webhook-id": delivery,
        "webhook-timestamp": str(now),
        "webhook-signature": f"v1,{base64.b64encode(signature).decode()}",
    }


async def call(api: Api, hook: str, secret: str, payload: Any) -> str:
    """The run's id. The call is sent twice, as callers do who did not hear the answer."""
    body, headers = signed(secret, payload, f"delivery-{uuid4().hex[:8]}", int(time.time()))
    first = await api.call("POST", hook, content=body, headers=headers)
    again = await api.call("POST", hook, content=body, headers=headers)
    if first != again:
        raise StoryFailed(f"the same delivery got two answers: {first} and {again}")
    return str(first["execution_id"])
