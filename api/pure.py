"""What the edge may know of the contexts: functions that decide nothing and read nothing."""

from contexts.authoring.bundle import Carried, bundle_of, disagreements
from contexts.authoring.diff import Change, diff, release_diff
from contexts.authoring.pins import asked_version
from contexts.authoring.taking_in import Present, at_home, commands_for, conflicts
from contexts.authoring.uses import agents_used, tools_of_agents, tools_used, workflows_used
from contexts.billing.dunning_forecast import forecast
from contexts.billing.identity import Check, Identity, identity
from contexts.billing.price_list import ModelPrice, price_list
from contexts.billing.rating import Charge
from contexts.billing.simulation import Comparison, Settled, Simulation, Sums
from contexts.billing.statements import (
    MonthSums,
    PartnerEarnings,
    ProfitAndLoss,
    TenantBill,
    partner_earnings,
    profit_and_loss,
    tenant_bill,
)
from contexts.execution.rehearsal import Difference, Rehearsal, rehearse

__all__ = [
    "Carried",
    "Change",
    "Charge",
    "Check",
    "Comparison",
    "Difference",
    "Identity",
    "ModelPrice",
    "MonthSums",
    "PartnerEarnings",
    "Present",
    "ProfitAndLoss",
    "Rehearsal",
    "Settled",
    "Simulation",
    "Sums",
    "TenantBill",
    "agents_used",
    "asked_version",
    "at_home",
    "bundle_of",
    "commands_for",
    "conflicts",
    "diff",
    "disagreements",
    "forecast",
    "identity",
    "partner_earnings",
    "price_list",
    "profit_and_loss",
    "rehearse",
    "release_diff",
    "tenant_bill",
    "tools_of_agents",
    "tools_used",
    "workflows_used",
]
