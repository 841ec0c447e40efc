"""What starts runs by itself: the clock, a call from outside, the end of another run."""

from typing import Annotated, Literal
from uuid import UUID, uuid5

from pydantic import Field, StringConstraints

from schemas.authoring.parts import JsonTemplate, NodeId
from schemas.base import Value

TriggerKind = Literal["cron", "webhook", "run"]
RunEnd = Literal["succeeded", "failed", "any"]
HeaderName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9-]{1,80}$")]
Occurrence = Annotated[str, StringConstraints(min_length=1, max_length=240)]
"""The tick's time, the delivery's id, or the run that ended. A replay's ends with `~` and its own id."""

TriggerInputs = Annotated[dict[NodeId, JsonTemplate], Field(max_length=100)]
"""The run's inputs, as templates over what the occurrence brings (see `OFFERED`)."""

OFFERED: dict[TriggerKind, frozenset[str]] = {
    "cron": frozenset({"time"}),
    "webhook": frozenset({"time", "payload"}),
    "run": frozenset({"time", "payload", "output", "execution_id"}),
}
"""What templates may name as `inputs.<name>`, by kind of trigger."""


class CronTrigger(Value):
    """Five fields of cron in a time zone.

    `catch_up` is about ticks that passed while nothing ran: none of them is fired, only the newest, or all
    of them in order. What falls into the hour a zone skips comes right after it; what falls into the
    repeated hour comes once, unless its minute or hour begins with `*`.
    """

    type: Literal["cron"]
    expression: str = Field(min_length=1, max_length=100)
    timezone: str = Field("UTC", min_length=1, max_length=64)
    catch_up: Literal["skip", "one", "all"] = "skip"
    inputs: TriggerInputs = Field(default_factory=dict)


class HmacHeader(Value):
    """HMAC-SHA256 in `header`, after `prefix`. With `timestamp_header`, seconds since 1970 stand in that
    header and `{timestamp}.{body}` is signed; else the body alone is.
    """

    header: HeaderName = "X-Signature"
    encoding: Literal["hex", "base64"] = "hex"
    prefix: str = Field("", max_length=40)
    timestamp_header: HeaderName | None = None


class WebhookSettings(Value):
    """Who may call, and what names a delivery. `signature` is for the preset `plain`.

    Without `delivery_id_header` and without an id the preset knows of, the body's hash names a delivery.
    """

    type: Literal["webhook"]
    preset: Literal["plain", "github", "stripe", "standard"] = "plain"
    signature: HmacHeader = HmacHeader()
    tolerance_seconds: int = Field(300, ge=1, le=3_600)
    delivery_id_header: HeaderName | None = None
    inputs: TriggerInputs = Field(default_factory=dict)


class WebhookTrigger(WebhookSettings):
    """`secret_ciphertext` was encrypted at the edge. In a revision, none means: keep what there is."""

    secret_ciphertext: str | None = Field(None, max_length=2_000)


class RunTrigger(Value):
    """The end of a run of that workflow."""

    type: Literal["run"]
    workflow_id: UUID
    on: RunEnd = "succeeded"
    inputs: TriggerInputs = Field(default_factory=dict)


TriggerDefinition = Annotated[CronTrigger | WebhookTrigger | RunTrigger, Field(discriminator="type")]


class Follow(Value):
    """Which runs a trigger waits for."""

    workflow_id: UUID
    on: RunEnd


def run_of(trigger_id: UUID, occurrence: str) -> UUID:
    """The run an occurrence starts, for ever: so it starts at most one."""
    return uuid5(trigger_id, occurrence)
