from collections.abc import Iterable

from bus.facts.reading import Facts, Read
from contexts.authoring.agent import Agent, as_workflow
from contexts.authoring.workflow import Workflow
from contexts.execution.execution import Execution
from contexts.execution.facts import DefinitionFacts, StartFacts
from contexts.tenancy.tenant import Tenant
from schemas.authoring.definition import Source, WorkflowDefinition
from schemas.base import Command
from schemas.envelope import Envelope
from schemas.execution.commands import CompleteCall, CompleteStep, FailStep, StartExecution, WakeStep

StepCommand = CompleteStep | CompleteCall | FailStep | WakeStep
Runnable = tuple[Source, WorkflowDefinition]


def tenant_and_source(command: StartExecution, state: object, envelope: Envelope) -> Iterable[str]:
    return (f"tenant-{envelope.tenant_id}", f"{command.source_kind}-{command.source_id}")


def starting(command: StartExecution, state: object, envelope: Envelope, read: Read) -> StartFacts:
    tenant: Tenant | None = read(f"tenant-{envelope.tenant_id}")
    source: Agent | Workflow | None = read(f"{command.source_kind}-{command.source_id}")
    runnable = published(source, command.version) if source else None
    return StartFacts(
        tenant_status=tenant.status if tenant else None,
        found=source is not None,
        source=runnable[0] if runnable else None,
        definition=runnable[1] if runnable else None,
    )


def pinned_source(command: StepCommand, state: Execution | None, envelope: Envelope) -> Iterable[str]:
    return (state.source.stream,) if state else ()


def pinned(
    command: StepCommand, state: Execution | None, envelope: Envelope, read: Read
) -> DefinitionFacts | None:
    source: Agent | Workflow | None = read(state.source.stream) if state else None
    runnable = published(source, state.source.version) if state and source else None
    return DefinitionFacts(runnable[1]) if runnable else None


def published(source: Agent | Workflow, version: int | None) -> Runnable | None:
    """The asked version, or the newest; None when there is none such."""
    if isinstance(source, Agent):
        return of_agent(source) if version in (None, 1) else None
    wanted = version or len(source.published)
    return of_workflow(source, wanted) if 1 <= wanted <= len(source.published) else None


def of_agent(agent: Agent) -> Runnable:
    pin = Source(kind="agent", id=agent.agent_id, version=1, hash=agent.hash, name=agent.name)
    return pin, as_workflow(agent.definition)


def of_workflow(workflow: Workflow, number: int) -> Runnable:
    version = workflow.published[number - 1]
    pin = Source(
        kind="workflow", id=workflow.workflow_id, version=number, hash=version.hash, name=workflow.name
    )
    return pin, version.release.definition


FACTS: dict[type[Command], Facts] = {
    StartExecution: Facts(tenant_and_source, starting),
    CompleteStep: Facts(pinned_source, pinned),
    CompleteCall: Facts(pinned_source, pinned),
    FailStep: Facts(pinned_source, pinned),
    WakeStep: Facts(pinned_source, pinned),
}
