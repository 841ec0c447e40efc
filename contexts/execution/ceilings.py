"""What a run or an agent may still spend. What is under way counts with the most it can cost.

So nothing begins that might lead beyond a ceiling, however much goes on side by side.
"""

from collections.abc import Iterable
from decimal import Decimal

from contexts.execution.paths import Place
from contexts.execution.problems import StepProblem
from contexts.execution.run import Run
from contexts.execution.state import NOTHING, Leaf, PutOff, Working
from contexts.execution.tree import leaves
from schemas.execution.events import StepPutOff


class NotYet(Exception):
    """Too little is left until something that is under way has ended, and what it did not spend is back."""

    def __init__(self, needed: Decimal, left: Decimal) -> None:
        super().__init__(f"{needed} US dollars are needed, {left} are left")
        self.needed, self.left = needed, left


def reserved(found: Iterable[Leaf]) -> Decimal:
    return sum((leaf.reserved for leaf in found if isinstance(leaf, Working)), NOTHING)


def under_way(run: Run) -> Decimal:
    return reserved(leaf for _, leaf in leaves(run.state.steps))


def require_room(run: Run, needed: Decimal) -> None:
    """For a call that may cost so much. Raises StepProblem if it could never begin, NotYet if later."""
    ceiling = run.state.max_cost
    if ceiling is None:
        return
    unspent = ceiling - run.state.spent
    if needed > unspent:
        raise beyond("run", needed, unspent)
    left = unspent - under_way(run)
    if needed > left:
        raise NotYet(needed, left)


def share(run: Run, wanted: Decimal | None) -> Decimal | None:
    """The ceiling of a subworkflow: what its node says, or else all that is left."""
    ceiling = run.state.max_cost
    if ceiling is None:
        return wanted
    taken = under_way(run)
    left = ceiling - run.state.spent - taken
    if wanted is not None and wanted <= left:
        return wanted
    if taken and (wanted is not None or left <= 0):
        raise NotYet(wanted or NOTHING, left)
    if left <= 0:
        raise beyond("run", wanted or NOTHING, left)
    return left


def require_within(ceiling: Decimal | None, spent: Decimal, needed: Decimal) -> None:
    """For an agent, which makes one call at a time."""
    if ceiling is not None and needed > ceiling - spent:
        raise beyond("agent", needed, ceiling - spent)


def beyond(whose: str, needed: Decimal, left: Decimal) -> StepProblem:
    message = f"this may cost {needed} US dollars, and {left} of the {whose}'s ceiling are left"
    return StepProblem("execution.cost_ceiling", message)


def put_off(run: Run, place: Place, attempt: int, reason: NotYet) -> None:
    """The step begins as soon as enough is back; one that waits already goes on waiting."""
    if isinstance(run.step(place), PutOff):
        return
    run.record(
        StepPutOff(
            execution_id=run.id, node=str(place), attempt=attempt, needed=reason.needed, left=reason.left
        )
    )
