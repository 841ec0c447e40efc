"""A month's entries, added up by what they were for: what every statement is made of."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

USAGE = "usage"
CREDIT_NOTE = "credit_note"


@dataclass(frozen=True, slots=True)
class MonthTotal:
    """`kind` is usage, write_off, reversal, an adjustment's kind, or credit_note. What does not apply is ''.

    The amounts are those of the entries; `posted_*` are what their double entries put on the accounts.
    """

    tenant_id: UUID
    partner_id: UUID | None
    period: str
    kind: str
    source_kind: str
    source_id: str
    source_name: str
    model: str
    about_period: str
    entries: int
    tokens_input: int
    tokens_output: int
    tokens_cache_read: int
    tokens_cache_write: int
    tokens_reasoning: int
    cost: Decimal
    price: Decimal
    commission: Decimal
    posted_payable: Decimal
    posted_receivable: Decimal
    posted_wallet: Decimal
    posted_commission: Decimal
    posted_revenue: Decimal
    imbalance: Decimal

    @property
    def tokens(self) -> int:
        return (
            self.tokens_input
            + self.tokens_output
            + self.tokens_cache_read
            + self.tokens_cache_write
            + self.tokens_reasoning
        )

    @property
    def margin(self) -> Decimal:
        return self.price - self.commission - self.cost

    @property
    def provider(self) -> str:
        return self.model.partition("/")[0]


@dataclass(frozen=True, slots=True)
class ClosedMonth:
    """What a tenant's ledger said a month came to when it was closed."""

    tenant_id: UUID
    partner_id: UUID | None
    period: str
    entries: int
    cost: Decimal
    price: Decimal
    commission: Decimal
    closed_at: datetime
