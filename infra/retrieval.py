"""The search in documents as long as there are none."""

from collections.abc import Sequence

from schemas.base import TenantId
from schemas.execution.retrieval import Passage, RetrievalError


class NoDocuments:
    """A Retriever of the execution context."""

    async def search(self, tenant_id: TenantId, collection: str, query: str, top_k: int) -> Sequence[Passage]:
        raise RetrievalError("knowledge.no_documents", "This tenant has no documents to search.")
