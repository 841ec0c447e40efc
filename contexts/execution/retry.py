"""When a failed attempt is tried again. Deterministic: the jitter comes from the run's id."""

from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

from schemas.authoring.nodes import Node
from schemas.authoring.parts import RetryPolicy
from schemas.execution.types import StepError

ONCE = RetryPolicy(max_attempts=1)
JITTER = 0.2
MAX_RETRY_AFTER_SECONDS = 600.0


def policy_of(node: Node) -> RetryPolicy:
    policy: RetryPolicy = getattr(node, "retry", ONCE)
    return policy


def due_at(
    node: Node, attempt: int, error: StepError, spent: Decimal, execution_id: UUID, now: datetime
) -> datetime | None:
    """When attempt `attempt + 1` begins; None: there is none. `spent`: what the attempts so far cost."""
    policy = policy_of(node)
    dear = policy.max_cost is not None and spent >= policy.max_cost
    if dear or not worth_trying(policy, error) or attempt >= policy.max_attempts:
        return None
    return now + timedelta(seconds=pause(policy, attempt, error, execution_id))


def worth_trying(policy: RetryPolicy, error: StepError) -> bool:
    return error.retryable if policy.on is None else error.error_class in policy.on


def pause(policy: RetryPolicy, attempt: int, error: StepError, execution_id: UUID) -> float:
    grown: float = min(policy.cap_seconds, policy.base_seconds * 2 ** (attempt - 1))
    jittered = grown * (1 + JITTER * fraction(execution_id, attempt))
    return max(jittered, min(error.retry_after or 0.0, MAX_RETRY_AFTER_SECONDS))


def fraction(execution_id: UUID, attempt: int) -> float:
    """In [0, 1), spread over runs, so that a thousand refused calls do not come back together."""
    return (execution_id.int * (2 * attempt + 1) % 1_000_003) / 1_000_003
