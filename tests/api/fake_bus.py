"""A bus that answers at once, with rules just real enough to talk to, and remembers every envelope."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import UUID

from api.rows.authoring import (
    AgentRow,
    AgentVersionRow,
    DeliveryRow,
    HookRow,
    SecretRow,
    ToolRow,
    TriggerRow,
    VersionRow,
    WorkflowRow,
)
from api.rows.people import MemberRow, PartnerRow, TenantRow, UserRow
from api.rows.runs import ExecutionRow
from contexts.kernel import Rejection
from schemas.access import Role
from schemas.authoring.definition import Release, Source
from schemas.authoring.events import TriggerFired, WorkflowPublished
from schemas.authoring.triggers import WebhookSettings, WebhookTrigger, run_of
from schemas.base import Command, TenantId
from schemas.envelope import Answer, Envelope, Refusal
from schemas.execution.events import ExecutionStarted
from schemas.identity.types import Person, Place
from schemas.registry import command_from
from tests.api import fake_rates, fake_team_bus, fake_tenancy
from tests.api.fake_identity_bus import IDENTITY
from tests.api.fake_money_bus import INVOICING
from tests.api.fake_people_bus import PEOPLE, Refused
from tests.api.fakes import NOW, FakeReads

CONFLICT = Refusal(code="request.idempotency_conflict", kind="conflict", detail="Another request.")
UNKNOWN = Refusal(code="authoring.not_found", kind="not_found", detail="No such thing.")


class BusUnavailable(Exception):
    pass


class FakeBus:
    def __init__(self, reads: FakeReads) -> None:
        self.reads = reads
        self.sent: list[Envelope] = []
        self.down = self.slow = False
        self.refusal: Refusal | None = None
        self.answered: dict[UUID, tuple[str, Answer]] = {}

    async def submit(self, envelope: Envelope, stream_id: str, wait: float) -> Answer | None:
        if self.down:
            raise BusUnavailable("no servers at nats://secret:4222")
        self.sent.append(envelope)
        command = command_from(envelope.type, envelope.data)
        assert stream_id == command.stream_id
        known = self.answered.get(envelope.message_id)
        if known is None:
            answer = self.decide(envelope, command)
            self.answered[envelope.message_id] = envelope.input_hash, answer
            self.reads.answers[envelope.message_id] = envelope.tenant_id, answer
        elif known[0] != envelope.input_hash:
            return self.answer(envelope, command, CONFLICT)
        else:
            answer = known[1]
        return None if self.slow else answer

    def decide(self, envelope: Envelope, command: Command) -> Answer:
        refusal = self.refusal
        if refusal is None:
            try:
                DECIDE[type(command).__name__](self.reads, envelope, command)
            except Refused:
                refusal = UNKNOWN
            except Rejection as rejection:
                refusal = rejection.refusal
        return self.answer(envelope, command, refusal)

    def answer(self, envelope: Envelope, command: Command, refusal: Refusal | None) -> Answer:
        return Answer(
            message_id=envelope.message_id,
            status="rejected" if refusal else "accepted",
            stream=command.stream_id,
            version=1,
            position=max(len(self.reads.log), 1),
            refusal=refusal,
        )


def register(reads: FakeReads, who: Person | None, role: Role, place: Place) -> None:
    if who is None:
        return
    add_user(reads, who)
    add_member(reads, who, role, place)


def add_user(reads: FakeReads, who: Person) -> None:
    row = UserRow(who.user_id, who.email, who.email_index, who.name, True, False, False, NOW)
    reads.users = [known for known in reads.users if known.id != who.user_id] + [row]


def add_member(reads: FakeReads, who: Person, role: Role, place: Place) -> None:
    at = place.id, place.tenant_id, place.partner_id
    reads.member_rows.append(MemberRow(who.user_id, *at, who.email, who.name, role, NOW))


def create_partner(reads: FakeReads, envelope: Envelope, command: Any) -> None:
    terms = command.terms
    reads.partner_rows[command.partner_id] = PartnerRow(
        command.partner_id, command.name, terms.markup_percent, terms.commission_percent, NOW
    )
    register(reads, command.admin, Role.PARTNER_ADMIN, Place(partner_id=command.partner_id))


def provision_tenant(reads: FakeReads, envelope: Envelope, command: Any) -> None:
    reads.tenant_rows[command.tenant_id] = TenantRow(
        command.tenant_id,
        command.partner_id,
        command.name,
        command.subdomain,
        "active",
        command.monthly_budget,
        NOW,
    )
    place = Place(tenant_id=command.tenant_id, partner_id=command.partner_id)
    register(reads, command.owner, Role.TENANT_OWNER, place)
    if (account := command.owner_account) is not None:
        reads.identities[account.subject_index] = command.owner.user_id, account.provider


def create_agent(reads: FakeReads, envelope: Envelope, command: Any) -> None:
    row = AgentRow(command.agent_id, command.name, command.definition, 1, "abc", NOW)
    reads.agents_of.append((envelope.tenant_id, row))
    note_version(reads, envelope, row)


def revise_agent(reads: FakeReads, envelope: Envelope, command: Any) -> None:
    index, row = owned(reads.agents_of, envelope, command.agent_id)
    changes = {"name": command.name, "definition": command.definition, "version": row.version + 1}
    row = replace(row, **changes)
    reads.agents_of[index] = envelope.tenant_id, row
    note_version(reads, envelope, row)


def note_version(reads: FakeReads, envelope: Envelope, row: AgentRow) -> None:
    version = AgentVersionRow(row.version, row.name, row.definition, row.hash, NOW)
    reads.agent_versions_of.insert(0, (envelope.tenant_id, row.id, version))


def create_workflow(reads: FakeReads, envelope: Envelope, command: Any) -> None:
    if command.dry_run:
        return
    row = WorkflowRow(command.workflow_id, command.name, command.definition, None, None, NOW, NOW)
    reads.workflows_of.append((envelope.tenant_id, row))


def owned(rows: list[tuple[TenantId, Any]], envelope: Envelope, wanted: UUID) -> tuple[int, Any]:
    for index, (owner, row) in enumerate(rows):
        if row.id == wanted and owner == envelope.tenant_id:
            return index, row
    raise Refused


def revise_workflow(reads: FakeReads, envelope: Envelope, command: Any) -> None:
    index, row = owned(reads.workflows_of, envelope, command.workflow_id)
    reads.workflows_of[index] = envelope.tenant_id, replace(row, definition=command.definition)


def publish_workflow(reads: FakeReads, envelope: Envelope, command: Any) -> None:
    index, row = owned(reads.workflows_of, envelope, command.workflow_id)
    number = (row.version or 0) + 1
    reads.workflows_of[index] = envelope.tenant_id, replace(row, version=number, hash="def")
    release = Release(definition=row.definition)
    event = WorkflowPublished(workflow_id=row.id, number=number, hash="def", release=release)
    reads.record(command.stream_id, envelope.tenant_id, event)
    version = VersionRow(number, "def", False, None, NOW, release)
    reads.versions_of.insert(0, (envelope.tenant_id, row.id, version))


def roll_back(reads: FakeReads, envelope: Envelope, command: Any) -> None:
    index, row = owned(reads.workflows_of, envelope, command.workflow_id)
    found = [v for _, id_, v in reads.versions_of if (id_, v.number) == (row.id, command.number)]
    if not found:
        raise Refused
    definition = found[0].release.definition if found[0].release else row.definition
    reads.workflows_of[index] = envelope.tenant_id, replace(row, definition=definition)
    publish_workflow(reads, envelope, command)


def deprecate_workflow(reads: FakeReads, envelope: Envelope, command: Any) -> None:
    owned(reads.workflows_of, envelope, command.workflow_id)
    reads.versions_of = [
        (owner, id_, replace(v, deprecated=v.deprecated or (id_, v.number) == key))
        for key in [(command.workflow_id, command.number)]
        for owner, id_, v in reads.versions_of
    ]


def set_tool(reads: FakeReads, envelope: Envelope, command: Any) -> None:
    row = ToolRow(command.name, command.definition, "abc", False, NOW, NOW)
    reads.tools_of[command.tenant_id, command.name] = row


def deprecate_tool(reads: FakeReads, envelope: Envelope, command: Any) -> None:
    row = reads.tools_of.get((command.tenant_id, command.name))
    if row is None:
        raise Refused
    reads.tools_of[command.tenant_id, command.name] = replace(row, deprecated=True)


def set_secret(reads: FakeReads, envelope: Envelope, command: Any) -> None:
    row = SecretRow(command.name, command.fingerprint, NOW, NOW)
    reads.secrets_of[command.tenant_id, command.name] = row


def remove_secret(reads: FakeReads, envelope: Envelope, command: Any) -> None:
    if reads.secrets_of.pop((command.tenant_id, command.name), None) is None:
        raise Refused


def set_limits(reads: FakeReads, envelope: Envelope, command: Any) -> None:
    fake_tenancy.change(reads, command, max_runs=command.max_runs)


def start_execution(reads: FakeReads, envelope: Envelope, command: Any) -> None:
    rows: list[tuple[TenantId, Any]] = [*reads.agents_of, *reads.workflows_of]
    _, row = owned(rows, envelope, command.source_id)
    kind, version = command.source_kind, command.version or 1
    source = Source(kind=kind, id=row.id, version=version, hash="abc", name=row.name)
    event = ExecutionStarted(
        execution_id=command.execution_id, source=source, inputs=command.inputs, deadline=NOW
    )
    reads.record(command.stream_id, envelope.tenant_id, event)
    reads.runs.append(
        ExecutionRow(
            id=command.execution_id,
            tenant_id=envelope.tenant_id,
            status="running",
            source_kind=kind,
            source_id=row.id,
            source_name=row.name,
            source_version=version,
            inputs=command.inputs,
            output=None,
            error_code=None,
            error_message=None,
            created_at=NOW,
            started_at=NOW,
            ended_at=None,
            priority=command.priority,
            max_cost=command.max_cost,
        )
    )


def create_trigger(reads: FakeReads, envelope: Envelope, command: Any) -> None:
    row = trigger_row(reads, envelope, command, command.enabled)
    reads.triggers_of.append((envelope.tenant_id, row))


def revise_trigger(reads: FakeReads, envelope: Envelope, command: Any) -> None:
    index, row = owned(reads.triggers_of, envelope, command.trigger_id)
    reads.triggers_of[index] = envelope.tenant_id, trigger_row(reads, envelope, command, row.enabled)


def trigger_row(reads: FakeReads, envelope: Envelope, command: Any, enabled: bool) -> TriggerRow:
    definition, id_ = command.definition, command.trigger_id
    if isinstance(definition, WebhookTrigger):
        known = reads.hooks.get(id_)
        sealed = definition.secret_ciphertext or (known.secret_ciphertext if known else "")
        definition = WebhookSettings(**definition.model_dump(exclude={"secret_ciphertext"}))
        reads.hooks[id_] = HookRow(id_, envelope.tenant_id, envelope.partner_id, enabled, definition, sealed)
    version = command.version
    return TriggerRow(
        id=id_,
        name=command.name,
        workflow_id=command.workflow_id,
        version=version,
        hash="def" if version else None,
        definition=definition,
        enabled=enabled,
        next_tick=NOW if definition.type == "cron" else None,
        created_at=NOW,
        updated_at=NOW,
    )


def enable_trigger(reads: FakeReads, envelope: Envelope, command: Any) -> None:
    switch_trigger(reads, envelope, command.trigger_id, True)


def disable_trigger(reads: FakeReads, envelope: Envelope, command: Any) -> None:
    switch_trigger(reads, envelope, command.trigger_id, False)


def switch_trigger(reads: FakeReads, envelope: Envelope, trigger_id: UUID, enabled: bool) -> None:
    index, row = owned(reads.triggers_of, envelope, trigger_id)
    reads.triggers_of[index] = envelope.tenant_id, replace(row, enabled=enabled)
    if trigger_id in reads.hooks:
        reads.hooks[trigger_id] = replace(reads.hooks[trigger_id], enabled=enabled)


def fire_trigger(reads: FakeReads, envelope: Envelope, command: Any) -> None:
    occur(reads, envelope, command, command.occurrence)


def replay_delivery(reads: FakeReads, envelope: Envelope, command: Any) -> None:
    occur(reads, envelope, command, command.replayed)


def occur(reads: FakeReads, envelope: Envelope, command: Any, occurrence: str) -> None:
    _, row = owned(reads.triggers_of, envelope, command.trigger_id)
    run = run_of(row.id, occurrence)
    event = TriggerFired(
        trigger_id=row.id,
        kind=row.definition.type,
        occurrence=occurrence,
        at=command.at,
        execution_id=run,
        workflow_id=row.workflow_id,
        version=row.version,
        inputs={},
        payload=command.payload,
        depth=0,
    )
    position = reads.record(command.stream_id, envelope.tenant_id, event).position
    reads.delivered.append(
        (row.id, DeliveryRow(run, occurrence, "pending", command.at, None, None, None, position, NOW))
    )


def steer_execution(reads: FakeReads, envelope: Envelope, command: Any) -> None:
    if not any(run.id == command.execution_id and run.tenant_id == envelope.tenant_id for run in reads.runs):
        raise Refused


def fork_execution(reads: FakeReads, envelope: Envelope, command: Any) -> None:
    original = next(run for run in reads.runs if run.id == command.fork.execution_id)
    reads.runs.append(replace(original, id=command.execution_id, fork_of=original.id))


STEERING = (
    *("CancelExecution", "TerminateExecution", "PauseExecution", "ResumeExecution"),
    *("DeliverSignal", "AnswerApproval"),
)


DECIDE: dict[str, Callable[[FakeReads, Envelope, Any], None]] = {
    "CreatePartner": create_partner,
    "SetSystemRate": fake_rates.set_system_rate,
    "WithdrawSystemRate": fake_rates.withdraw_system_rate,
    "SetPartnerTerms": fake_rates.set_partner_terms,
    "WithdrawPartnerTerms": fake_rates.withdraw_partner_terms,
    "ProvisionTenant": provision_tenant,
    "SetTenantLimits": set_limits,
    "CreateAgent": create_agent,
    "ReviseAgent": revise_agent,
    "CreateWorkflow": create_workflow,
    "ReviseWorkflow": revise_workflow,
    "PublishWorkflow": publish_workflow,
    "RollbackWorkflow": roll_back,
    "DeprecateWorkflow": deprecate_workflow,
    "SetTool": set_tool,
    "DeprecateTool": deprecate_tool,
    "SetSecret": set_secret,
    "RemoveSecret": remove_secret,
    "StartExecution": start_execution,
    "CreateTrigger": create_trigger,
    "ReviseTrigger": revise_trigger,
    "EnableTrigger": enable_trigger,
    "DisableTrigger": disable_trigger,
    "FireTrigger": fire_trigger,
    "ReplayDelivery": replay_delivery,
    "ForkExecution": fork_execution,
    **dict.fromkeys(STEERING, steer_execution),
    **INVOICING,
    **IDENTITY,
    **PEOPLE,
    **fake_tenancy.DECIDE,
    **dict.fromkeys(fake_team_bus.DECIDED, fake_team_bus.decide),
}
