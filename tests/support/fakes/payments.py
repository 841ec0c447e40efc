"""A provider in memory that honours keys, as Stripe does. It passes the same conformance suite."""

from dataclasses import dataclass, field
from decimal import Decimal

from schemas.base import TenantId
from schemas.billing.payment_errors import PaymentMethodError, ProviderUnavailable
from schemas.billing.payment_types import Charge, Outcome, Repayment

DECLINED = "pm_declined"
REFUSED = "pm_refused"
STOLEN = "pm_stolen"


@dataclass
class Intent:
    charge: Charge
    outcome: Outcome | None = None
    refunded: Decimal = Decimal(0)


@dataclass
class FakePayments:
    """`declined`: methods that have no money now. `down`: it does not answer. `silent`: it does, unheard."""

    intents: dict[str, Intent] = field(default_factory=dict)
    refunds: dict[str, Outcome] = field(default_factory=dict)
    declined: set[str] = field(default_factory=lambda: {DECLINED, STOLEN})
    pending: bool = False
    down: bool = False
    silent: int = 0

    async def attach(self, tenant_id: TenantId, customer: str | None, method: str) -> str:
        self._answer()
        if method == REFUSED:
            raise PaymentMethodError("fake.card_declined", "Your card was declined.")
        return customer or f"cus_{tenant_id}"

    async def prepare(self, charge: Charge) -> str:
        self._answer()
        reference = f"pi_{charge.key}"
        self.intents.setdefault(reference, Intent(charge))
        return reference

    async def read(self, reference: str) -> Outcome | None:
        self._answer()
        return self.intents[reference].outcome

    async def confirm(self, reference: str) -> Outcome:
        self._answer()
        intent = self.intents[reference]
        intent.outcome = intent.outcome or self._collected(reference, intent.charge)
        if self.silent:
            self.silent -= 1
            raise ProviderUnavailable("the answer was lost")
        return intent.outcome

    async def refund(self, repayment: Repayment) -> Outcome:
        self._answer()
        if repayment.key not in self.refunds:
            self.refunds[repayment.key] = self._paid_back(repayment)
        return self.refunds[repayment.key]

    def settle(self, reference: str) -> None:
        """What was pending, or had failed, succeeds: so says the provider from now on."""
        self.intents[reference].outcome = Outcome(status="succeeded", reference=reference)

    def collected(self) -> Decimal:
        paid = [i for i in self.intents.values() if i.outcome and i.outcome.status == "succeeded"]
        return sum((i.charge.amount for i in paid), Decimal(0))

    def _answer(self) -> None:
        if self.down:
            raise ProviderUnavailable("nobody answers")

    def _collected(self, reference: str, charge: Charge) -> Outcome:
        if charge.method in self.declined:
            code = "fake.stolen_card" if charge.method == STOLEN else "fake.insufficient_funds"
            retryable = charge.method != STOLEN
            return Outcome(status="failed", reference=reference, code=code, retryable=retryable)
        return Outcome(status="pending" if self.pending else "succeeded", reference=reference)

    def _paid_back(self, repayment: Repayment) -> Outcome:
        intent = self.intents[repayment.payment]
        if intent.refunded + repayment.amount > intent.charge.amount:
            return Outcome(status="failed", reference=None, code="fake.too_much")
        intent.refunded += repayment.amount
        return Outcome(status="succeeded", reference=f"re_{repayment.refund_id}")
