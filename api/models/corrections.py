"""What corrects a ledger."""

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field

from api.bodies import Body
from api.models.common import example
from schemas.billing.types import Period, Reason

Signed = Annotated[Decimal, Field(ge=-(10**9), le=10**9, max_digits=21, decimal_places=12)]


class CorrectionReason(Body):
    model_config = example(reason="Answered by the wrong model.")

    reason: Reason


class AdjustmentBody(Body):
    """Less than nothing is for the tenant's good. `provider`: whose cost it is, where `cost_usd` is given."""

    model_config = example(
        kind="credit", reason="An outage of a day.", price_usd="-5", about_period="2026-10"
    )

    kind: Literal["correction", "minimum", "credit", "rounding"]
    reason: Reason
    price_usd: Signed
    cost_usd: Signed = Decimal(0)
    commission_usd: Signed = Decimal(0)
    about_period: Period | None = None
    provider: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,59}$")] | None = None
