"""Breaking off what nobody waits for any more."""

from contextlib import AbstractAsyncContextManager
from typing import Protocol

from schemas.execution.types import CallRef


class Aborts(Protocol):
    def watch(self, call: CallRef) -> AbstractAsyncContextManager[None]:
        """When the run ends, or what the call is in fails, the work inside the block is broken off at once.

        What is awaited there is cancelled with the message ABORTED, and may say what it did by an error of
        its own; otherwise the block raises Aborted. What is known to be over raises at the start.
        """
        ...
