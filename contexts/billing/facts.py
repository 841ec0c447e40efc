from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from contexts.billing.partner_budget import PartnerBudget
from contexts.billing.wallet import Wallet
from schemas.billing.corrections import AdjustmentPosted
from schemas.billing.events import CallSettled
from schemas.billing.types import Pricing, Terms

if TYPE_CHECKING:
    from contexts.billing.ledger import Ledger


@dataclass(frozen=True, slots=True)
class Limits:
    """What budgets there are for a call; None is no limit. `partner`: of all the partner's tenants."""

    tenant: Decimal | None = None
    source: Decimal | None = None
    partner: PartnerBudget | None = None

    @property
    def none(self) -> bool:
        return self.tenant is None and self.source is None and self.partner is None


NO_LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class AuthorizationFacts:
    """For AuthorizeCall: what is in force now.

    `pricing`: what `rate_card.pricing_in_force` says about tenant and model; None refuses the call.
    """

    pricing: Pricing | None
    limits: Limits = NO_LIMITS
    wallet: Wallet | None = None
    suspended: bool = False


@dataclass(frozen=True, slots=True)
class PostingFacts:
    """For what ends a call or corrects an entry. `months`: ledgers a late entry may be posted in.

    `entry`: the event that is to be reversed. `terms`: of the tenant, when the month that is closed began.
    """

    limits: Limits = NO_LIMITS
    wallet: Wallet | None = None
    months: "Mapping[str, Ledger]" = field(default_factory=dict)
    entry: Any | CallSettled | AdjustmentPosted | None = None
    terms: Terms | None = None
