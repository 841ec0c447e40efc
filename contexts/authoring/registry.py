from contexts.authoring import agent, secret, tool, workflow
from contexts.kernel import Handler, Registry
from schemas.access import Permission
from schemas.authoring.commands import (
    CreateAgent,
    CreateWorkflow,
    DeprecateTool,
    PublishWorkflow,
    RemoveSecret,
    ReviseWorkflow,
    SetSecret,
    SetTool,
)

REGISTRY = Registry(
    context="authoring",
    handlers=(
        Handler(CreateAgent, agent.AGENT, agent.create, Permission.AUTHORING_WRITE),
        Handler(CreateWorkflow, workflow.WORKFLOW, workflow.create, Permission.AUTHORING_WRITE),
        Handler(ReviseWorkflow, workflow.WORKFLOW, workflow.revise, Permission.AUTHORING_WRITE),
        Handler(PublishWorkflow, workflow.WORKFLOW, workflow.publish, Permission.AUTHORING_WRITE),
        Handler(SetTool, tool.TOOL, tool.set_tool, Permission.AUTHORING_WRITE),
        Handler(DeprecateTool, tool.TOOL, tool.deprecate, Permission.AUTHORING_WRITE),
        Handler(SetSecret, secret.SECRET, secret.set_secret, Permission.AUTHORING_WRITE),
        Handler(RemoveSecret, secret.SECRET, secret.remove, Permission.AUTHORING_WRITE),
    ),
)
