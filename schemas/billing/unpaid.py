"""An invoice nobody paid yet, as far as dunning is concerned."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from schemas.base import Value
from schemas.billing.dunning import Action, DunningStep


class Unpaid(Value):
    """`taken` steps are behind it, the next is due at `due_at`. `exempt_until`: its tenant is, until then."""

    tenant_id: UUID
    partner_id: UUID | None
    invoice_id: UUID
    amount: Decimal
    steps: tuple[DunningStep, ...]
    taken: int
    due_at: datetime
    exempt_until: datetime | None = None


class Foreseen(Value):
    """A step that will be taken if nothing is paid."""

    at: datetime
    tenant_id: UUID
    partner_id: UUID | None
    invoice_id: UUID
    amount: Decimal
    action: Action
