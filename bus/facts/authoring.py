from collections.abc import Iterable

from bus.facts.reading import SYSTEM_RATES, Facts, Read
from contexts.authoring.facts import AuthoringFacts, FiringFacts, Target, ToolFacts, TriggerFacts
from contexts.authoring.secret import Secret
from contexts.authoring.tool_checks import named_secrets
from contexts.authoring.workflow import Workflow
from contexts.billing.rate_card import RateCard
from contexts.billing.rate_card import known_models as known_models_of
from contexts.execution.state import Execution
from schemas.authoring.commands import (
    CreateAgent,
    CreateTrigger,
    CreateWorkflow,
    FireTrigger,
    ReviseTrigger,
    ReviseWorkflow,
    SetTool,
)
from schemas.authoring.triggers import RunTrigger
from schemas.base import Command
from schemas.envelope import Envelope


def system_rates(command: Command, state: object, envelope: Envelope) -> Iterable[str]:
    return (SYSTEM_RATES,)


def known_models(command: Command, state: object, envelope: Envelope, read: Read) -> AuthoringFacts:
    """A model is known when it has a rate: nothing can be run that could not be priced."""
    rates: RateCard | None = read(SYSTEM_RATES)
    return AuthoringFacts(known_models_of(rates))


def workflows_of_trigger(
    command: CreateTrigger | ReviseTrigger, state: object, envelope: Envelope
) -> Iterable[str]:
    yield f"workflow-{command.workflow_id}"
    if isinstance(command.definition, RunTrigger):
        yield f"workflow-{command.definition.workflow_id}"


def trigger_facts(
    command: CreateTrigger | ReviseTrigger, state: object, envelope: Envelope, read: Read
) -> TriggerFacts:
    workflow: Workflow | None = read(f"workflow-{command.workflow_id}")
    target = target_of(workflow, command.version) if workflow else None
    return TriggerFacts(workflow is not None, target, followers_of(command, read))


def target_of(workflow: Workflow, version: int | None) -> Target | None:
    number = version or len(workflow.published)
    if not 1 <= number <= len(workflow.published):
        return None
    published = workflow.published[number - 1]
    return Target(published.hash, published.release.definition.inputs)


def followers_of(command: CreateTrigger | ReviseTrigger, read: Read) -> int | None:
    """Of the others: a trigger that is there already takes no second place."""
    if not isinstance(command.definition, RunTrigger):
        return None
    followed: Workflow | None = read(f"workflow-{command.definition.workflow_id}")
    return len(followed.follow_marks.keys() - {command.trigger_id}) if followed else None


def ended_run(command: FireTrigger, state: object, envelope: Envelope) -> Iterable[str]:
    return (f"execution-{command.occurrence}",) if command.kind == "run" else ()


def firing_facts(command: FireTrigger, state: object, envelope: Envelope, read: Read) -> FiringFacts:
    """A run that a trigger started counts on from there."""
    if command.kind != "run":
        return FiringFacts(0)
    run: Execution | None = read(f"execution-{command.occurrence}")
    return FiringFacts(run.trigger.depth + 1 if run and run.trigger else 1)


TRIGGERS: Facts = Facts(workflows_of_trigger, trigger_facts)


def secrets_of_tool(command: SetTool, state: object, envelope: Envelope) -> Iterable[str]:
    return (secret_stream(name, envelope) for name in named_secrets(command.definition))


def known_secrets(command: SetTool, state: object, envelope: Envelope, read: Read) -> ToolFacts:
    found: dict[str, Secret | None] = {
        name: read(secret_stream(name, envelope)) for name in named_secrets(command.definition)
    }
    return ToolFacts(frozenset(name for name, secret in found.items() if secret and not secret.removed))


def secret_stream(name: str, envelope: Envelope) -> str:
    return f"secret-{envelope.tenant_id}-{name}"


FACTS: dict[type[Command], Facts] = {
    **{
        command: Facts(system_rates, known_models)
        for command in (CreateAgent, CreateWorkflow, ReviseWorkflow)
    },
    CreateTrigger: TRIGGERS,
    ReviseTrigger: TRIGGERS,
    FireTrigger: Facts(ended_run, firing_facts),
    SetTool: Facts(secrets_of_tool, known_secrets),
}
