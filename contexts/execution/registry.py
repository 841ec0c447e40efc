"""What happens when: one page."""

from contexts.execution import approvals, forking, lifecycle, policies, results, signals, starting, waking
from contexts.execution.aggregate import EXECUTION
from contexts.execution.effects.end_runs import end_runs
from contexts.execution.effects.make_call import make_call, outcome_unknown
from contexts.execution.effects.retrieve import retrieve
from contexts.execution.effects.run_step import run_step
from contexts.execution.effects.use_tool import outcome_unknown as tool_outcome_unknown
from contexts.execution.effects.use_tool import use_tool
from contexts.execution.trigger_policies import when_trigger_fired
from contexts.kernel import Effect, Handler, Policy, Registry
from schemas.access import Permission
from schemas.authoring.events import TriggerFired
from schemas.billing.events import CallAuthorized, CallRefused
from schemas.execution import commands as c
from schemas.execution import events as e
from schemas.tenancy.life import TenantClosed

REGISTRY = Registry(
    context="execution",
    handlers=(
        Handler(c.StartExecution, EXECUTION, starting.start, Permission.EXECUTIONS_START),
        Handler(c.ForkExecution, EXECUTION, forking.fork, Permission.EXECUTIONS_START),
        Handler(c.BeginExecution, EXECUTION, lifecycle.begin, Permission.INTERNAL),
        Handler(c.CompleteStep, EXECUTION, results.complete_step, Permission.INTERNAL),
        Handler(c.CompleteCall, EXECUTION, results.complete_call, Permission.INTERNAL),
        Handler(c.FailStep, EXECUTION, results.fail_attempt, Permission.INTERNAL),
        Handler(c.WakeStep, EXECUTION, waking.wake_step, Permission.INTERNAL),
        Handler(c.AnswerApproval, EXECUTION, approvals.answer_approval, Permission.APPROVALS_ANSWER),
        Handler(c.DeliverSignal, EXECUTION, signals.deliver_signal, Permission.EXECUTIONS_CONTROL),
        Handler(c.PauseExecution, EXECUTION, lifecycle.pause, Permission.EXECUTIONS_CONTROL),
        Handler(c.ResumeExecution, EXECUTION, lifecycle.resume, Permission.EXECUTIONS_CONTROL),
        Handler(c.CancelExecution, EXECUTION, lifecycle.cancel, Permission.EXECUTIONS_CONTROL),
        Handler(c.TerminateExecution, EXECUTION, lifecycle.terminate, Permission.EXECUTIONS_TERMINATE),
        Handler(c.ExpireExecution, EXECUTION, lifecycle.expire, Permission.INTERNAL),
    ),
    policies=(
        Policy("execution.when_call_refused", CallRefused, policies.when_call_refused),
        Policy(
            "execution.when_subworkflow_requested",
            e.SubworkflowRequested,
            policies.when_subworkflow_requested,
        ),
        Policy("execution.when_trigger_fired", TriggerFired, when_trigger_fired),
        Policy("execution.when_child_succeeded", e.ExecutionSucceeded, policies.when_child_succeeded),
        Policy("execution.when_child_failed", e.ExecutionFailed, policies.when_child_failed),
        Policy("execution.when_child_cancelled", e.ExecutionCancelled, policies.when_child_cancelled),
        Policy("execution.when_failed", e.ExecutionFailed, policies.when_abandoned),
        Policy("execution.when_cancelled", e.ExecutionCancelled, policies.when_abandoned),
        Policy("execution.when_item_failed", e.ItemFailed, policies.when_abandoned),
        Policy("execution.when_step_failed", e.StepFailed, policies.when_abandoned),
        Policy("execution.when_retry_planned", e.StepRetryPlanned, policies.when_abandoned),
    ),
    effects=(
        Effect("execution.run_step", e.StepScheduled, run_step),
        Effect("execution.use_tool", e.ToolRequested, use_tool, lost=tool_outcome_unknown),
        Effect("execution.retrieve", e.RetrievalRequested, retrieve),
        Effect("execution.end_runs", TenantClosed, end_runs),
        Effect("execution.make_call", CallAuthorized, make_call, lost=outcome_unknown),
    ),
)
