from dataclasses import dataclass
from decimal import Decimal

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
