"""Documents in which is found what stories say."""

from collections import Counter
from collections.abc import Callable, Sequence

from schemas.base import TenantId
from schemas.execution.retrieval import Passage, RetrievalError
from tests.support.workflows.story import SEARCH_BUSY, SEARCH_REFUSED, Story


class StoryDocuments:
    """A Retriever. `story_at`: the story a key is of."""

    def __init__(self, story_at: Callable[[str], Story]) -> None:
        self._story_at = story_at
        self._asked: Counter[str] = Counter()

    async def search(self, tenant_id: TenantId, collection: str, query: str, top_k: int) -> Sequence[Passage]:
        story = self._story_at(query)
        self._asked[query] += 1
        if story.is_refused(query):
            raise RetrievalError(SEARCH_REFUSED, "as the story has it")
        if story.search_is_busy(query, self._asked[query]):
            raise RetrievalError(SEARCH_BUSY, "as the story has it", retryable=True, error_class="overloaded")
        return story.passages(query, top_k)
