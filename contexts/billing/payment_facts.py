from dataclasses import dataclass

from schemas.billing.dunning import DunningStep
from schemas.billing.payment_accounts import ProviderName


@dataclass(frozen=True, slots=True)
class PaymentMethod:
    """For RequestPayment and AttemptPayment: what can be charged. None instead: nothing can."""

    provider: ProviderName
    customer: str
    method: str


@dataclass(frozen=True, slots=True)
class DunningFacts:
    """For BeginDunning: the steps that hold for its partner, and whether the invoice is still unpaid."""

    steps: tuple[DunningStep, ...]
    unpaid: bool
