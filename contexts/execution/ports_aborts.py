"""Breaking off what nobody waits for any more."""

from contextlib import AbstractAsyncContextManager
from typing import Protocol
from uuid import UUID


class Aborts(Protocol):
    def watch(self, execution_id: UUID) -> AbstractAsyncContextManager[None]:
        """When the run ends, the work inside the block is broken off at once.

        What is awaited there is cancelled with the message ABORTED, and may say what it did by an error of
        its own; otherwise the block raises Aborted. A run that is known to have ended raises at the start.
        """
        ...
