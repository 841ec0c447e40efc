"""What stories begin with and what they end in."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from contexts.billing.ledger import EMPTY, Ledger
from schemas.access import Role
from schemas.authoring.commands import CreateWorkflow, PublishWorkflow
from schemas.authoring.definition import WorkflowDefinition
from schemas.base import Event, PartnerId, TenantId
from schemas.billing.commands import SetSystemRate
from schemas.billing.events import CallReleased, CallSettled, CallUnknown, CallWrittenOff
from schemas.envelope import Actor, Answer
from schemas.execution.commands import StartExecution
from tests.support.builders import (
    MODEL,
    NOW,
    PARTNER_ID,
    TENANT_ID,
    WORKFLOW_ID,
    app_admin,
    create_partner,
    new_user,
    partner_admin,
    provision_tenant,
)
from tests.support.harness import Harness
from tests.support.money import RATES

RUN_ID = UUID(int=100)
RUN = f"execution-{RUN_ID}"
LEDGER = f"ledger-{TENANT_ID}-{NOW:%Y-%m}"
LEDGER_ENDS = (CallSettled, CallReleased, CallUnknown, CallWrittenOff)
LONG = timedelta(hours=2).total_seconds()
"""Longer than any deadline of a run and its holds."""


def tenant_admin(tenant_id: TenantId = TENANT_ID, partner_id: PartnerId = PARTNER_ID) -> Actor:
    return Actor(kind="user", id="owner", role=Role.TENANT_ADMIN, tenant_id=tenant_id, partner_id=partner_id)


def given_tenant(h: Harness, **changes: Any) -> None:
    """A model with rates, a partner with terms, a tenant whose owner can log in."""
    accept(h.submit(SetSystemRate(model=MODEL, rates=RATES), as_=app_admin()))
    boss = new_user(user_id=UUID(int=41), email="boss@northwind.example")
    accept(h.submit(create_partner(admin=boss), as_=app_admin()))
    h.run()
    accept(h.submit(provision_tenant(**changes), as_=partner_admin()))
    h.run()


def given_workflow(h: Harness, definition: WorkflowDefinition, workflow_id: UUID = WORKFLOW_ID) -> None:
    create = CreateWorkflow(workflow_id=workflow_id, name="Letters", definition=definition)
    accept(h.submit(create, as_=tenant_admin()))
    accept(h.submit(PublishWorkflow(workflow_id=workflow_id), as_=tenant_admin()))


def start(**changes: Any) -> StartExecution:
    defaults = {"execution_id": RUN_ID, "source_kind": "workflow", "source_id": WORKFLOW_ID, "inputs": {}}
    return StartExecution(**{**defaults, **changes})


def started(h: Harness, definition: WorkflowDefinition, **changes: Any) -> None:
    """A tenant, a workflow, and a run of it that has begun."""
    given_tenant(h, **changes)
    given_workflow(h, definition)
    accept(h.submit(start(), as_=tenant_admin()))


def accept(answer: Answer) -> Answer:
    assert answer.status == "accepted", answer.refusal
    return answer


def ledger(h: Harness) -> Ledger:
    found: Ledger = h.state(LEDGER) or EMPTY
    return found


def ends(h: Harness) -> list[tuple[int, str]]:
    """What became of each call: its attempt and the last word on it, in the order of attempts."""
    found = [e for e in h.events(LEDGER) if isinstance(e, LEDGER_ENDS)]
    return sorted((e.call.attempt, e.type_name.rpartition(".")[2]) for e in found)


def names(events: list[Event]) -> list[str]:
    return [event.type_name.rpartition(".")[2] for event in events]


def final(h: Harness) -> dict[str, Any]:
    """All that must not depend on how messages arrived: every state, and every word of the ledgers."""
    entries = sorted(
        event.model_dump_json(exclude={"request_ref"})
        for stream in h.streams("ledger")
        for event in h.events(stream)
    )
    return {**{stream: h.state(stream) for stream in h.streams()}, "entries": entries}
