from dataclasses import dataclass
from decimal import Decimal

from schemas.billing.dunning import DunningStep
from schemas.billing.payment_accounts import ProviderName
from schemas.billing.types import Pricing


@dataclass(frozen=True, slots=True)
class AuthorizationFacts:
    """For AuthorizeCall: what is in force now.

    `pricing`: `rate_card.pricing_in_force(system, partner's card, model, now)`; None refuses the call.
    `budget`: the tenant's monthly budget; None is no limit.
    """

    pricing: Pricing | None
    budget: Decimal | None
    suspended: bool = False


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
