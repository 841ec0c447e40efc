from dataclasses import dataclass
from decimal import Decimal

from schemas.billing.types import Pricing


@dataclass(frozen=True, slots=True)
class AuthorizationFacts:
    """For AuthorizeCall: what is in force now.

    `pricing`: what `rate_card.pricing_in_force` says about tenant and model; None refuses the call.
    `budget`: the tenant's monthly budget; None is no limit.
    """

    pricing: Pricing | None
    budget: Decimal | None
    suspended: bool = False
