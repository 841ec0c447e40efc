from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, Field, SecretStr

from api.bodies import Body
from api.models.authoring import HASH
from api.models.common import ID, NOW, OTHER_ID, example
from schemas.authoring.triggers import CronTrigger, RunTrigger, WebhookSettings, WebhookTrigger
from schemas.envelope import Problem
from schemas.tenancy.types import Name

NIGHTLY: dict[str, Any] = {
    "type": "cron",
    "expression": "30 2 * * *",
    "timezone": "Europe/Berlin",
    "catch_up": "one",
    "inputs": {"day": "{{ inputs.time }}"},
}


class WebhookBody(WebhookSettings):
    """`secret` is what the caller signs with; nobody is ever shown it again. A revision may leave it out."""

    secret: Annotated[SecretStr, Field(min_length=16, max_length=200)] | None = None

    def sealed(self, ciphertext: str | None) -> WebhookTrigger:
        return WebhookTrigger(**self.model_dump(exclude={"secret"}), secret_ciphertext=ciphertext)


DefinitionBody = Annotated[CronTrigger | WebhookBody | RunTrigger, Field(discriminator="type")]
DefinitionShown = Annotated[CronTrigger | WebhookSettings | RunTrigger, Field(discriminator="type")]
Version = Annotated[int, Field(ge=1, le=2**31 - 1)]


class ReviseTriggerBody(Body):
    model_config = example(name="Nightly report", workflow_id=ID, version=3, definition=NIGHTLY)

    name: Name
    workflow_id: UUID
    version: Version | None = None
    definition: DefinitionBody


class CreateTriggerBody(ReviseTriggerBody):
    model_config = example(name="Nightly report", workflow_id=ID, version=3, definition=NIGHTLY, enabled=True)

    enabled: bool = True


TRIGGER: dict[str, Any] = {
    "id": OTHER_ID,
    "name": "Nightly report",
    "workflow_id": ID,
    "version": 3,
    "hash": HASH,
    "definition": NIGHTLY,
    "enabled": True,
    "next_tick": NOW,
    "hook": None,
    "created_at": NOW,
    "updated_at": NOW,
}


class Trigger(BaseModel):
    """`version` and `hash` are null when it starts the newest version. A webhook is called at `hook`."""

    model_config = example(**TRIGGER)

    id: UUID
    name: str
    workflow_id: UUID
    version: int | None
    hash: str | None
    definition: DefinitionShown
    enabled: bool
    next_tick: datetime | None
    hook: str | None
    created_at: datetime
    updated_at: datetime


class TriggerPage(BaseModel):
    model_config = example(items=[TRIGGER], next_cursor=None)

    items: list[Trigger]
    next_cursor: str | None


DELIVERY: dict[str, Any] = {
    "occurrence": "2026-11-23T01:30:00Z",
    "status": "started",
    "execution_id": ID,
    "at": NOW,
    "until": None,
    "ticks": None,
    "problem": None,
    "created_at": NOW,
}


class Delivery(BaseModel):
    """`pending`: the run has not begun. `problem`: why there will be none.

    Ticks that were skipped together are one item.
    """

    model_config = example(**DELIVERY)

    occurrence: str
    status: Literal["pending", "queued", "started", "refused", "misfired", "skipped"]
    execution_id: UUID | None
    at: datetime
    until: datetime | None
    ticks: int | None
    problem: Problem | None
    created_at: datetime


class DeliveryPage(BaseModel):
    model_config = example(items=[DELIVERY], next_cursor=None)

    items: list[Delivery]
    next_cursor: str | None


class HookAccepted(BaseModel):
    """Committed. The same delivery again gets the same answer and starts nothing."""

    model_config = example(execution_id=ID)

    execution_id: UUID
