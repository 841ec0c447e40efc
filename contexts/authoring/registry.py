from contexts.authoring import agent, firing, following, policies, secret, tool, trigger, workflow
from contexts.kernel import Handler, Policy, Registry
from schemas.access import Permission
from schemas.authoring import commands as c
from schemas.authoring import events as e
from schemas.execution.events import ExecutionFailed, ExecutionSucceeded

REGISTRY = Registry(
    context="authoring",
    handlers=(
        Handler(c.CreateAgent, agent.AGENT, agent.create, Permission.AUTHORING_WRITE),
        Handler(c.ReviseAgent, agent.AGENT, agent.revise, Permission.AUTHORING_WRITE),
        Handler(c.CreateWorkflow, workflow.WORKFLOW, workflow.create, Permission.AUTHORING_WRITE),
        Handler(c.ReviseWorkflow, workflow.WORKFLOW, workflow.revise, Permission.AUTHORING_WRITE),
        Handler(c.PublishWorkflow, workflow.WORKFLOW, workflow.publish, Permission.AUTHORING_WRITE),
        Handler(c.RollbackWorkflow, workflow.WORKFLOW, workflow.roll_back, Permission.AUTHORING_WRITE),
        Handler(c.DeprecateWorkflow, workflow.WORKFLOW, workflow.deprecate, Permission.AUTHORING_WRITE),
        Handler(c.FollowWorkflow, workflow.WORKFLOW, following.follow, Permission.INTERNAL),
        Handler(c.UnfollowWorkflow, workflow.WORKFLOW, following.unfollow, Permission.INTERNAL),
        Handler(c.CreateTrigger, trigger.TRIGGER, trigger.create, Permission.AUTHORING_WRITE),
        Handler(c.ReviseTrigger, trigger.TRIGGER, trigger.revise, Permission.AUTHORING_WRITE),
        Handler(c.EnableTrigger, trigger.TRIGGER, trigger.enable, Permission.AUTHORING_WRITE),
        Handler(c.DisableTrigger, trigger.TRIGGER, trigger.disable, Permission.AUTHORING_WRITE),
        Handler(c.FireTrigger, trigger.TRIGGER, firing.fire, Permission.INTERNAL),
        Handler(c.RefuseDelivery, trigger.TRIGGER, firing.refuse, Permission.INTERNAL),
        Handler(c.ReplayDelivery, trigger.TRIGGER, firing.replay, Permission.AUTHORING_WRITE),
        Handler(c.SetTool, tool.TOOL, tool.set_tool, Permission.AUTHORING_WRITE),
        Handler(c.DeprecateTool, tool.TOOL, tool.deprecate, Permission.AUTHORING_WRITE),
        Handler(c.SetSecret, secret.SECRET, secret.set_secret, Permission.AUTHORING_WRITE),
        Handler(c.RemoveSecret, secret.SECRET, secret.remove, Permission.AUTHORING_WRITE),
    ),
    policies=(
        Policy("authoring.when_trigger_created", e.TriggerCreated, policies.when_trigger_created),
        Policy("authoring.when_trigger_revised", e.TriggerRevised, policies.when_trigger_revised),
        Policy("authoring.when_trigger_enabled", e.TriggerEnabled, policies.when_trigger_enabled),
        Policy("authoring.when_trigger_disabled", e.TriggerDisabled, policies.when_trigger_disabled),
        Policy("authoring.when_execution_succeeded", ExecutionSucceeded, policies.when_execution_succeeded),
        Policy("authoring.when_execution_failed", ExecutionFailed, policies.when_execution_failed),
    ),
)
