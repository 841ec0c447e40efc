"""Searches the tenant's documents. Repeating it does no harm."""

from contexts.execution.ports_tools import RetrievalPorts
from schemas.base import Command
from schemas.envelope import Recorded
from schemas.execution.commands import CompleteStep, FailStep
from schemas.execution.events import RetrievalRequested
from schemas.execution.retrieval import RetrievalError
from schemas.execution.types import StepError


async def retrieve(event: RetrievalRequested, recorded: Recorded, ports: RetrievalPorts) -> list[Command]:
    """The step's output: the passages, best first, as JSON."""
    try:
        found = await ports.retriever.search(recorded.tenant_id, event.collection, event.query, event.top_k)
    except RetrievalError as error:
        return [failed(event, error)]
    output = [passage.model_dump(mode="json") for passage in found]
    return [
        CompleteStep(execution_id=event.execution_id, node=event.node, attempt=event.attempt, output=output)
    ]


def failed(event: RetrievalRequested, error: RetrievalError) -> FailStep:
    return FailStep(
        execution_id=event.execution_id,
        node=event.node,
        attempt=event.attempt,
        error=StepError(
            code=error.code,
            message=error.message,
            retryable=error.retryable,
            error_class=error.error_class,
        ),
    )
