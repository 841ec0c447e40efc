from collections.abc import Iterable, Mapping
from dataclasses import replace
from decimal import Decimal
from uuid import UUID

from bus.facts.reading import SYSTEM_RATES, Facts, Read, partner_rates
from contexts.authoring.agent import Agent, as_workflow
from contexts.authoring.workflow import Workflow
from contexts.billing.rate_card import pricing_in_force
from contexts.billing.rating import charge, hold
from contexts.execution.facts import Followed, MostOf, RunFacts, StartFacts
from contexts.execution.state import Execution
from contexts.tenancy.tenant import Tenant
from schemas.authoring.definition import Release, Source
from schemas.base import Command
from schemas.envelope import Envelope
from schemas.execution import commands as c

Runnable = tuple[Source, Release]


def tenant_of(envelope: Envelope) -> str:
    return f"tenant-{envelope.tenant_id}"


def tenant_and_source(command: c.StartExecution, state: object, envelope: Envelope) -> Iterable[str]:
    return *rates(envelope), tenant_of(envelope), f"{command.source_kind}-{command.source_id}"


def rates(envelope: Envelope) -> Iterable[str]:
    return SYSTEM_RATES, partner_rates(envelope)


def most_of(envelope: Envelope, read: Read) -> MostOf:
    """By the rates of now, which it is authorised at. Without any it will be refused, and costs nothing."""

    def most(model: str, input_tokens: int, output_tokens: int) -> Decimal:
        system, partner = (read(stream) for stream in rates(envelope))
        pricing = pricing_in_force(system, partner, envelope.tenant_id, model, read.now)
        return hold(input_tokens, output_tokens, pricing) if pricing else Decimal(0)

    return most


def starting(command: c.StartExecution, state: object, envelope: Envelope, read: Read) -> StartFacts:
    source: Agent | Workflow | None = read(f"{command.source_kind}-{command.source_id}")
    facts = start_facts(source, command.version, envelope, read)
    return replace(facts, admission=None) if command.parent else facts


def start_facts(
    source: Agent | Workflow | None, version: int | None, envelope: Envelope, read: Read
) -> StartFacts:
    tenant: Tenant | None = read(tenant_of(envelope))
    pin, release = (source and published(source, version)) or (None, None)
    return StartFacts(
        tenant_status=tenant.status if tenant else None,
        found=source is not None,
        source=pin,
        release=release,
        followers=followers_of(source),
        admission=read.admission(tenant.max_runs if tenant else None),
        most_of=most_of(envelope, read),
        deprecated=pin is not None and is_deprecated(source, pin.version),
    )


def is_deprecated(source: Agent | Workflow | None, number: int) -> bool:
    return isinstance(source, Workflow) and source.published[number - 1].deprecated


def followers_of(source: Agent | Workflow | None) -> Mapping[UUID, Followed]:
    return source.followers if isinstance(source, Workflow) else {}


def tenant_source_and_original(command: c.ForkExecution, state: object, envelope: Envelope) -> Iterable[str]:
    return (
        *rates(envelope),
        tenant_of(envelope),
        command.source.stream,
        f"execution-{command.fork.execution_id}",
    )


def forking(command: c.ForkExecution, state: object, envelope: Envelope, read: Read) -> StartFacts:
    facts = start_facts(read(command.source.stream), command.source.version, envelope, read)
    return replace(facts, original=read(f"execution-{command.fork.execution_id}"))


def tenant_and_pinned(command: Command, state: Execution | None, envelope: Envelope) -> Iterable[str]:
    return (*rates(envelope), tenant_of(envelope), state.source.stream) if state else ()


def running(command: Command, state: Execution | None, envelope: Envelope, read: Read) -> RunFacts | None:
    source: Agent | Workflow | None = read(state.source.stream) if state else None
    runnable = published(source, state.source.version) if state and source else None
    if runnable is None:
        return None
    tenant: Tenant | None = read(tenant_of(envelope))
    return RunFacts(
        release=runnable[1],
        tenant_status=tenant.status if tenant else None,
        followers=followers_of(source),
        price=price_of(command),
        most_of=most_of(envelope, read),
    )


def pinned_and_original(command: Command, state: Execution | None, envelope: Envelope) -> Iterable[str]:
    yield from tenant_and_pinned(command, state, envelope)
    if state and state.fork:
        yield f"execution-{state.fork.execution_id}"


def beginning(
    command: c.BeginExecution, state: Execution | None, envelope: Envelope, read: Read
) -> RunFacts | None:
    facts = running(command, state, envelope, read)
    if not facts or not state or not state.fork:
        return facts
    return replace(facts, original=read(f"execution-{state.fork.execution_id}"))


def price_of(command: Command) -> Decimal | None:
    """Of a call that is reported, by the rates it was authorised at."""
    if isinstance(command, c.CompleteCall | c.FailStep) and command.usage and command.pricing:
        return charge(command.usage, command.pricing).price
    return None


def published(source: Agent | Workflow, version: int | None) -> Runnable | None:
    """The asked version, or the newest that is not deprecated; None when there is none such."""
    newest = len(source.versions if isinstance(source, Agent) else source.published)
    usable = (number for number in range(newest, 0, -1) if not is_deprecated(source, number))
    wanted = version or next(usable, newest)
    if not 1 <= wanted <= newest:
        return None
    return of_agent(source, wanted) if isinstance(source, Agent) else of_workflow(source, wanted)


def of_agent(agent: Agent, number: int) -> Runnable:
    version = agent.versions[number - 1]
    pin = Source(kind="agent", id=agent.agent_id, version=number, hash=version.hash, name=agent.name)
    return pin, Release(definition=as_workflow(version.definition), tools=version.tools)


def of_workflow(workflow: Workflow, number: int) -> Runnable:
    version = workflow.published[number - 1]
    pin = Source(
        kind="workflow", id=workflow.workflow_id, version=number, hash=version.hash, name=workflow.name
    )
    return pin, version.release


RUN_COMMANDS = (
    c.CompleteStep,
    c.CompleteCall,
    c.FailStep,
    c.WakeStep,
    c.AnswerApproval,
    c.DeliverSignal,
    c.ResumeExecution,
    c.ExpireExecution,
)

FACTS: dict[type[Command], Facts] = {
    c.StartExecution: Facts(tenant_and_source, starting),
    c.ForkExecution: Facts(tenant_source_and_original, forking),
    c.BeginExecution: Facts(pinned_and_original, beginning),
    **{command: Facts(tenant_and_pinned, running) for command in RUN_COMMANDS},
}
