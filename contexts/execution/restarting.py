"""Another attempt of a step that begun before, or the first of one that was put off."""

from contexts.execution import agents
from contexts.execution.begin import begin
from contexts.execution.ceilings import NotYet, put_off
from contexts.execution.failing import fail_step
from contexts.execution.paths import Place, container
from contexts.execution.problems import StepProblem
from contexts.execution.run import Run
from contexts.execution.state import Conversing
from schemas.authoring.nodes import AgentNode


def restart(run: Run, where: Place, attempt: int) -> None:
    node = run.node(where)
    try:
        if isinstance(node, AgentNode) and where.name is None:
            agents.ask(run, container(where.scope), node, attempt)
        elif is_tool_of_agent(run, where):
            agents.begin_use(run, where, attempt)
        else:
            begin(run, where, node, attempt)
    except StepProblem as problem:
        fail_step(run, where, attempt, problem.error)
    except NotYet as reason:
        put_off(run, where, attempt, reason)


def is_tool_of_agent(run: Run, where: Place) -> bool:
    inside = bool(where.scope) and where.name is not None
    return inside and isinstance(run.step(container(where.scope)), Conversing)
