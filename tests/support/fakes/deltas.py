from collections import defaultdict
from uuid import UUID

from schemas.base import TenantId


class FakeDeltas:
    """Keeps what was streamed, by execution, node and attempt."""

    def __init__(self) -> None:
        self.texts: defaultdict[tuple[UUID, str, int], list[str]] = defaultdict(list)

    def open(self, tenant_id: TenantId, execution_id: UUID, node: str, attempt: int) -> "FakeDeltaStream":
        return FakeDeltaStream(self.texts[execution_id, node, attempt])


class FakeDeltaStream:
    def __init__(self, texts: list[str]) -> None:
        self._texts = texts

    async def write(self, text: str) -> None:
        self._texts.append(text)

    async def flush(self) -> None:
        pass
