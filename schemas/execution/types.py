from datetime import datetime
from uuid import UUID

from schemas.base import Value


class CallRef(Value):
    """Names one attempt at one provider call for ever. The month of `requested_at` picks the ledger."""

    execution_id: UUID
    node: str
    attempt: int
    requested_at: datetime

    @property
    def key(self) -> str:
        return f"{self.execution_id}:{self.node}:{self.attempt}"

    @property
    def period(self) -> str:
        return self.requested_at.strftime("%Y-%m")


class StepError(Value):
    """Why a step's attempt failed. `code` is stable; `lost` means nobody knows whether the work happened."""

    code: str
    message: str
    retryable: bool = False
    retry_after: float | None = None
    lost: bool = False
