from contexts.authoring import agent, workflow
from contexts.kernel import Handler, Registry
from schemas.access import Permission
from schemas.authoring.commands import CreateAgent, CreateWorkflow, PublishWorkflow, ReviseWorkflow

REGISTRY = Registry(
    context="authoring",
    handlers=(
        Handler(CreateAgent, agent.AGENT, agent.create, Permission.AUTHORING_WRITE),
        Handler(CreateWorkflow, workflow.WORKFLOW, workflow.create, Permission.AUTHORING_WRITE),
        Handler(ReviseWorkflow, workflow.WORKFLOW, workflow.revise, Permission.AUTHORING_WRITE),
        Handler(PublishWorkflow, workflow.WORKFLOW, workflow.publish, Permission.AUTHORING_WRITE),
    ),
)
