from collections.abc import Iterable, Iterator
from uuid import UUID

from bus.facts.reading import SYSTEM_RATES, Facts, Read
from contexts.authoring.agent import Agent, as_workflow
from contexts.authoring.facts import (
    AuthoringFacts,
    DeliveryFacts,
    FiringFacts,
    Target,
    ToolFacts,
    TriggerFacts,
)
from contexts.authoring.secret import Secret
from contexts.authoring.tool import Tool
from contexts.authoring.tool_checks import named_secrets
from contexts.authoring.uses import agents_used, tools_used, workflows_used
from contexts.authoring.workflow import Workflow
from contexts.billing.rate_card import known_models as known_models_of
from contexts.execution.state import Execution
from contexts.tenancy.tenant import Tenant
from schemas.authoring import commands as c
from schemas.authoring.definition import Source, WorkflowDefinition
from schemas.authoring.tools import ToolDefinition
from schemas.authoring.triggers import RunTrigger, run_of
from schemas.base import Command
from schemas.envelope import Envelope


def what_it_names(command: Command, state: object, envelope: Envelope) -> Iterator[str]:
    yield SYSTEM_RATES
    if definition := definition_of(command, state):
        yield from (tool_stream(name, envelope) for name in tools_used(definition))
        yield from (agent_stream(agent) for agent in agents_used(definition))
        yield from (workflow_stream(workflow) for workflow in workflows_used(definition))


def authoring(command: Command, state: object, envelope: Envelope, read: Read) -> AuthoringFacts:
    """A model is known when it has a rate: nothing can be run that could not be priced."""
    models = known_models_of(read(SYSTEM_RATES))
    definition = definition_of(command, state)
    if definition is None:
        return AuthoringFacts(models)
    agents = {id_: agent for id_ in agents_used(definition) if (agent := agent_of(id_, read))}
    return AuthoringFacts(
        models,
        tools=usable_tools(definition, envelope, read),
        agents={id_: agent.newest.definition for id_, agent in agents.items()},
        agent_tools={id_: agent.newest.tools for id_, agent in agents.items()},
        workflows={id_: sources(read(workflow_stream(id_))) for id_ in workflows_used(definition)},
        own=getattr(command, "workflow_id", None),
    )


def workflows_of_trigger(
    command: c.CreateTrigger | c.ReviseTrigger, state: object, envelope: Envelope
) -> Iterable[str]:
    yield f"workflow-{command.workflow_id}"
    if isinstance(command.definition, RunTrigger):
        yield f"workflow-{command.definition.workflow_id}"


def trigger_facts(
    command: c.CreateTrigger | c.ReviseTrigger, state: object, envelope: Envelope, read: Read
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


def followers_of(command: c.CreateTrigger | c.ReviseTrigger, read: Read) -> int | None:
    """Of the others: a trigger that is there already takes no second place."""
    if not isinstance(command.definition, RunTrigger):
        return None
    followed: Workflow | None = read(f"workflow-{command.definition.workflow_id}")
    return len(followed.follow_marks.keys() - {command.trigger_id}) if followed else None


def ended_run(command: c.FireTrigger, state: object, envelope: Envelope) -> Iterable[str]:
    yield f"tenant-{envelope.tenant_id}"
    if command.kind == "run":
        yield f"execution-{command.occurrence}"


def firing_facts(command: c.FireTrigger, state: object, envelope: Envelope, read: Read) -> FiringFacts:
    """A run that a trigger started counts on from there."""
    tenant: Tenant | None = read(f"tenant-{envelope.tenant_id}")
    closed = tenant is not None and tenant.status == "closed"
    if command.kind != "run":
        return FiringFacts(0, closed)
    run: Execution | None = read(f"execution-{command.occurrence}")
    return FiringFacts(run.trigger.depth + 1 if run and run.trigger else 1, closed)


def run_of_delivery(command: c.RefuseDelivery, state: object, envelope: Envelope) -> Iterable[str]:
    return (f"execution-{run_of(command.trigger_id, command.occurrence)}",)


def delivery_facts(command: c.RefuseDelivery, state: object, envelope: Envelope, read: Read) -> DeliveryFacts:
    [stream] = run_of_delivery(command, state, envelope)
    return DeliveryFacts(read(stream) is not None)


TRIGGERS: Facts = Facts(workflows_of_trigger, trigger_facts)


def definition_of(command: Command, state: object) -> WorkflowDefinition | None:
    """What is to be valid: the command's, or the draft that is to be published."""
    match command:
        case c.CreateAgent() | c.ReviseAgent():
            return as_workflow(command.definition)
        case c.CreateWorkflow() | c.ReviseWorkflow():
            return command.definition
    return state.draft if isinstance(state, Workflow) else None


def usable_tools(definition: WorkflowDefinition, envelope: Envelope, read: Read) -> dict[str, ToolDefinition]:
    found: dict[str, Tool | None] = {
        name: read(tool_stream(name, envelope)) for name in tools_used(definition)
    }
    return {name: tool.definition for name, tool in found.items() if tool and not tool.deprecated}


def agent_of(agent_id: UUID, read: Read) -> Agent | None:
    found: Agent | None = read(agent_stream(agent_id))
    return found


def sources(workflow: Workflow | None) -> dict[int, Source]:
    if workflow is None:
        return {}
    known = {"kind": "workflow", "id": workflow.workflow_id, "name": workflow.name}
    usable = [version for version in workflow.published if not version.deprecated]
    return {v.number: Source(**known, version=v.number, hash=v.hash) for v in usable}


def secrets_of_tool(command: c.SetTool, state: object, envelope: Envelope) -> Iterable[str]:
    return (secret_stream(name, envelope) for name in named_secrets(command.definition))


def known_secrets(command: c.SetTool, state: object, envelope: Envelope, read: Read) -> ToolFacts:
    found: dict[str, Secret | None] = {
        name: read(secret_stream(name, envelope)) for name in named_secrets(command.definition)
    }
    return ToolFacts(frozenset(name for name, secret in found.items() if secret and not secret.removed))


def tool_stream(name: str, envelope: Envelope) -> str:
    return f"tool-{envelope.tenant_id}-{name}"


def secret_stream(name: str, envelope: Envelope) -> str:
    return f"secret-{envelope.tenant_id}-{name}"


def agent_stream(agent_id: UUID) -> str:
    return f"agent-{agent_id}"


def workflow_stream(workflow_id: UUID) -> str:
    return f"workflow-{workflow_id}"


CHECKED = (c.CreateAgent, c.ReviseAgent, c.CreateWorkflow, c.ReviseWorkflow, c.PublishWorkflow)

FACTS: dict[type[Command], Facts] = {
    **{command: Facts(what_it_names, authoring) for command in CHECKED},
    c.CreateTrigger: TRIGGERS,
    c.ReviseTrigger: TRIGGERS,
    c.FireTrigger: Facts(ended_run, firing_facts),
    c.RefuseDelivery: Facts(run_of_delivery, delivery_facts),
    c.SetTool: Facts(secrets_of_tool, known_secrets),
}
