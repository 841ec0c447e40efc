"""What happens when: one page."""

from contexts.execution import execution as x
from contexts.execution.effects.make_call import make_call, outcome_unknown
from contexts.execution.effects.run_step import run_step
from contexts.execution.policies import when_call_refused
from contexts.kernel import Effect, Handler, Policy, Registry
from schemas.access import Permission
from schemas.billing.events import CallAuthorized, CallRefused
from schemas.execution import commands as c
from schemas.execution.events import StepScheduled

REGISTRY = Registry(
    context="execution",
    handlers=(
        Handler(c.StartExecution, x.EXECUTION, x.start, Permission.EXECUTIONS_START),
        Handler(c.CompleteStep, x.EXECUTION, x.complete_step, Permission.INTERNAL),
        Handler(c.CompleteCall, x.EXECUTION, x.complete_call, Permission.INTERNAL),
        Handler(c.FailStep, x.EXECUTION, x.fail_step, Permission.INTERNAL),
        Handler(c.WakeStep, x.EXECUTION, x.retry_step, Permission.INTERNAL),
        Handler(c.ForkExecution, x.EXECUTION, x.unavailable, Permission.EXECUTIONS_START),
        Handler(c.BeginExecution, x.EXECUTION, x.unavailable, Permission.INTERNAL),
        Handler(c.AnswerApproval, x.EXECUTION, x.unavailable, Permission.APPROVALS_ANSWER),
        Handler(c.DeliverSignal, x.EXECUTION, x.unavailable, Permission.EXECUTIONS_CONTROL),
        Handler(c.PauseExecution, x.EXECUTION, x.unavailable, Permission.EXECUTIONS_CONTROL),
        Handler(c.ResumeExecution, x.EXECUTION, x.unavailable, Permission.EXECUTIONS_CONTROL),
        Handler(c.CancelExecution, x.EXECUTION, x.unavailable, Permission.EXECUTIONS_CONTROL),
        Handler(c.TerminateExecution, x.EXECUTION, x.unavailable, Permission.EXECUTIONS_TERMINATE),
        Handler(c.ExpireExecution, x.EXECUTION, x.expire, Permission.INTERNAL),
    ),
    policies=(Policy("execution.when_call_refused", CallRefused, when_call_refused),),
    effects=(
        Effect("execution.run_step", StepScheduled, run_step),
        Effect("execution.make_call", CallAuthorized, make_call, lost=outcome_unknown),
    ),
)
