"""Monthly budgets, and how full they are."""

from typing import Literal
from uuid import UUID

from pydantic import BaseModel

from api.bodies import Body
from api.models.common import ID, OTHER_ID, Number, example
from api.models.tenancy import Budget as Limit


class BudgetBody(Body):
    """null: no limit any more."""

    model_config = example(monthly_budget_usd="250")

    monthly_budget_usd: Limit | None


class BudgetUse(BaseModel):
    """Of a partner, a tenant, or a workflow or agent. `posted` is charged, `held` reserved for calls.

    `forecast`: what is posted by the end of the month if it goes on so. `reached`: alerts sent, in percent.
    """

    level: Literal["partner", "tenant", "source"]
    subject_id: UUID
    source_kind: str | None
    tenant_id: UUID | None
    limit: Number
    posted: Number
    held: Number
    forecast: Number
    reached: list[int]


class BudgetPage(BaseModel):
    model_config = example(
        period="2026-11",
        items=[
            {
                "level": "source",
                "subject_id": ID,
                "source_kind": "workflow",
                "tenant_id": OTHER_ID,
                "limit": "40",
                "posted": "21.5",
                "held": "0.01365",
                "forecast": "32.25",
                "reached": [50],
            }
        ],
        next_cursor=None,
    )

    period: str
    items: list[BudgetUse]
    next_cursor: str | None
