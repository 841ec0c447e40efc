from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from contexts.execution.effects.retrieve import retrieve
from contexts.execution.ports_tools import Retriever
from infra.retrieval import NoDocuments
from schemas.base import TenantId
from schemas.execution.commands import CompleteStep, FailStep
from schemas.execution.events import RetrievalRequested
from schemas.execution.retrieval import Passage
from schemas.execution.types import StepError
from tests.support.builders import NOW, TENANT_ID, recorded

RUN = UUID(int=9)
EVENT = RetrievalRequested(
    execution_id=RUN, node="find", attempt=1, query="returns", collection="shop", top_k=2, due_at=NOW
)
PASSAGE = Passage(document_id="d1", title="Terms", text="30 days.", score=0.5)


@dataclass(frozen=True)
class Ports:
    retriever: Retriever


class Shelf:
    async def search(self, tenant_id: TenantId, collection: str, query: str, top_k: int) -> Sequence[Passage]:
        assert (tenant_id, collection, query, top_k) == (TENANT_ID, "shop", "returns", 2)
        return [PASSAGE]


async def test_the_passages_are_the_steps_output() -> None:
    output = [{"document_id": "d1", "title": "Terms", "text": "30 days.", "score": 0.5}]
    done = CompleteStep(execution_id=RUN, node="find", attempt=1, output=output)
    assert await retrieve(EVENT, recorded(EVENT), Ports(Shelf())) == [done]


async def test_without_documents_the_step_fails() -> None:
    (told,) = await retrieve(EVENT, recorded(EVENT), Ports(NoDocuments()))
    assert isinstance(told, FailStep)
    assert told.error == StepError(
        code="knowledge.no_documents",
        message="This tenant has no documents to search.",
        error_class="bad_request",
    )
