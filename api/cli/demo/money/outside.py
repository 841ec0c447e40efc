"""What is outside of the platform: a model's provider and a card's. Neither is on the network."""

from dataclasses import dataclass, field
from random import Random

from schemas.base import TenantId
from schemas.billing.payment_types import Charge, Outcome, Repayment
from schemas.execution.chat import ChatRequest, ChatResult, Usage
from schemas.execution.provider_error import ProviderError

BYTES_PER_TOKEN = 4
CARD = "pm_kranich"


class Models:
    """How much an answer takes is drawn, within what the request allows. `silent`: the next is not heard."""

    def __init__(self, dice: Random) -> None:
        self._dice = dice
        self.silent = False

    async def complete(self, request: ChatRequest, on_delta: object) -> ChatResult:
        if self.silent:
            self.silent = False
            raise ProviderError("timeout", "no answer in time", retryable=False)
        return ChatResult(
            text="Done.",
            tool_calls=(),
            usage=self.usage(request),
            finish_reason="stop",
            model=request.model,
            provider_request_id=None,
        )

    def usage(self, request: ChatRequest) -> Usage:
        read = sum(len(message.content.encode()) for message in request.messages) // BYTES_PER_TOKEN
        cached = read * self._dice.choice((0, 0, 50, 80)) // 100
        output = self._dice.randint(request.max_output_tokens // 10, request.max_output_tokens)
        return Usage(input=read - cached, cache_read=cached, output=output)


@dataclass
class Cards:
    """Collects while there is money on the card, and honours its own names for what it did."""

    empty: bool = False
    outcomes: dict[str, Outcome] = field(default_factory=dict)

    async def attach(self, tenant_id: TenantId, customer: str | None, method: str) -> str:
        return customer or f"cus_{tenant_id}"

    async def prepare(self, charge: Charge) -> str:
        return f"pi_{charge.key}"

    async def read(self, reference: str) -> Outcome | None:
        return self.outcomes.get(reference)

    async def confirm(self, reference: str) -> Outcome:
        return self.outcomes.setdefault(reference, self._collected(reference))

    async def refund(self, repayment: Repayment) -> Outcome:
        return Outcome(status="succeeded", reference=f"re_{repayment.key}")

    def _collected(self, reference: str) -> Outcome:
        if self.empty:
            return Outcome(status="failed", reference=reference, code="card.insufficient_funds")
        return Outcome(status="succeeded", reference=reference)
