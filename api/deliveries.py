"""What names a delivery, so that the same one again is known."""

import re
from collections.abc import Mapping
from hashlib import sha256
from typing import Any
from uuid import UUID, uuid5

from api.signatures import DELIVERY_ID
from schemas.authoring.triggers import WebhookSettings

NAMESPACE = UUID("b3a4a6ef-6d0d-4f63-9a5c-6a1b6c2c1f5e")
"""Never changes: message ids derived from it are stored."""

PLAIN_ID = re.compile(r"[A-Za-z0-9._:-]{1,120}")
"""Ids that can stand in a path as they are; others are hashed."""


def delivery_id(settings: WebhookSettings, headers: Mapping[str, str], body: bytes, payload: Any) -> str:
    given = given_id(settings, headers, payload)
    if given is None:
        return f"sha256:{sha256(body).hexdigest()}"
    return given if PLAIN_ID.fullmatch(given) else f"id:{sha256(given.encode()).hexdigest()}"


def given_id(settings: WebhookSettings, headers: Mapping[str, str], payload: Any) -> str | None:
    """Stripe names an event in its body; a retry may word the rest otherwise."""
    header = settings.delivery_id_header or DELIVERY_ID.get(settings.preset)
    if header is not None:
        return headers.get(header) or None
    if settings.preset == "stripe" and isinstance(payload, dict) and isinstance(payload.get("id"), str):
        return str(payload["id"]) or None
    return None


def message_id(trigger_id: UUID, occurrence: str) -> UUID:
    """One delivery is one command, whoever brings it how often: the stored answer is given again."""
    return uuid5(NAMESPACE, f"{trigger_id}/{occurrence}")
