"""Triggers with defaults, and the facts they are set up with."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from contexts.authoring.facts import Target, TriggerFacts
from schemas.authoring import commands as c
from schemas.authoring import events as e
from schemas.authoring.triggers import CronTrigger, RunTrigger, TriggerDefinition, WebhookTrigger, run_of
from tests.support.builders import NOW, WORKFLOW_ID

TRIGGER_ID = UUID(int=200)
TRIGGER = f"trigger-{TRIGGER_ID}"
OTHER_WORKFLOW = UUID(int=201)
KNOWN = TriggerFacts(found=True, target=Target("hash-2", {}), followers=0)


def utc(*when: int) -> datetime:
    return datetime(*when, tzinfo=UTC)  # type: ignore[misc,arg-type]


def cron(expression: str = "0 2 * * *", **changes: Any) -> CronTrigger:
    return CronTrigger(type="cron", expression=expression, **changes)


def webhook(**changes: Any) -> WebhookTrigger:
    return WebhookTrigger(**{"type": "webhook", "secret_ciphertext": "sealed", **changes})


def after_run(**changes: Any) -> RunTrigger:
    return RunTrigger(**{"type": "run", "workflow_id": OTHER_WORKFLOW, **changes})


def create(definition: TriggerDefinition, **changes: Any) -> c.CreateTrigger:
    defaults = {"trigger_id": TRIGGER_ID, "name": "Nightly", "workflow_id": WORKFLOW_ID}
    return c.CreateTrigger(**{**defaults, "definition": definition, **changes})


def created(definition: TriggerDefinition, **changes: Any) -> e.TriggerCreated:
    fields = {**dict(create(definition)), "hash": None, **changes}
    return e.TriggerCreated(**fields)


def revise(definition: TriggerDefinition, **changes: Any) -> c.ReviseTrigger:
    defaults = {"trigger_id": TRIGGER_ID, "name": "Nightly", "workflow_id": WORKFLOW_ID}
    return c.ReviseTrigger(**{**defaults, "definition": definition, **changes})


def planned(at: datetime) -> e.TickPlanned:
    return e.TickPlanned(trigger_id=TRIGGER_ID, at=at)


def tick(at: datetime) -> c.FireTrigger:
    return c.FireTrigger(trigger_id=TRIGGER_ID, kind="cron", occurrence=at.isoformat(), at=at)


def call(payload: Any = None, occurrence: str = "d1", **changes: Any) -> c.FireTrigger:
    fields = {"kind": "webhook", "payload": payload, "at": NOW, **changes}
    return c.FireTrigger(trigger_id=TRIGGER_ID, occurrence=occurrence, **fields)


def fired(occurrence: str, at: datetime = NOW, kind: str = "cron", **changes: Any) -> e.TriggerFired:
    defaults: dict[str, Any] = {
        "workflow_id": WORKFLOW_ID,
        "version": None,
        "inputs": {},
        "payload": None,
        "depth": 0,
        "execution_id": run_of(TRIGGER_ID, occurrence),
    }
    fields = {"trigger_id": TRIGGER_ID, "kind": kind, "occurrence": occurrence, "at": at}
    return e.TriggerFired(**{**fields, **defaults, **changes})


def skipped(first: datetime, last: datetime, count: int) -> e.TicksSkipped:
    return e.TicksSkipped(trigger_id=TRIGGER_ID, first=first, last=last, count=count)
