"""Budgets of a workflow or agent, a tenant, a partner: what fits, what a refusal says, who is told when."""

from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from contexts.billing.facts import Limits, PostingFacts
from contexts.billing.partner_budget import Month, PartnerBudget
from contexts.billing.registry import REGISTRY
from schemas.base import Event
from schemas.billing.commands import ReleaseCall, SettleCall
from schemas.billing.events import CallAuthorized, CallRefused
from schemas.billing.partner_budgets import (
    BudgetReleased,
    BudgetReserved,
    BudgetSettled,
    PartnerBudgetSet,
    SetPartnerBudget,
)
from schemas.billing.thresholds import BudgetThresholdReached, PartnerThresholdReached
from schemas.execution.types import SourceRef
from tests.support.builders import NOW, PARTNER_ID, TENANT_ID
from tests.support.money import USAGE, authorize, authorized, call, knowing, settled
from tests.support.spec import Spec

given = Spec(REGISTRY).given

WORKFLOW = SourceRef(kind="workflow", id=UUID(int=60))
AGENT = SourceRef(kind="agent", id=UUID(int=61))
MONTH = f"{NOW:%Y-%m}"
HOLD = authorized().hold
NOTHING = Decimal(0)
WHO: dict[str, Any] = {"tenant_id": TENANT_ID, "partner_id": PARTNER_ID, "period": MONTH, "entry": call().key}
SETTLE = SettleCall(tenant_id=TENANT_ID, call=call(), usage=USAGE)
SHARED = authorized(reserved=("partner",))


def partner(limit: str, posted: str = "0", held: str = "0", reached: int = 0) -> PartnerBudget:
    return PartnerBudget(Decimal(limit), {MONTH: Month(Decimal(posted), Decimal(held), reached)})


def refusal(*events: Event, **knows: Any) -> CallRefused:
    refused = given(*events).knowing(knowing(**knows)).when(authorize(source=WORKFLOW)).events[0]
    assert isinstance(refused, CallRefused)
    return refused


def test_a_workflows_budget_counts_its_own_runs_only() -> None:
    others = (authorized("a", source=AGENT), settled("a", source=AGENT), authorized("b", source=AGENT))
    fits = given(*others).knowing(knowing(of_source="0.02")).when(authorize(source=WORKFLOW))
    fits.then(authorized(source=WORKFLOW))
    refused = refusal(*others, authorized("c", source=WORKFLOW), of_source="0.02")
    assert (refused.level, refused.budget) == ("source", Decimal("0.02"))
    assert (refused.posted, refused.held) == (NOTHING, HOLD)
    assert [one.entry for one in refused.in_the_way if one.kind == "hold"] == [call("c").key]


def test_the_nearest_budget_refuses_first() -> None:
    assert refusal(of_source="0", budget="0", of_partner=partner("0")).level == "source"
    assert refusal(budget="0", of_partner=partner("0")).level == "tenant"
    assert refusal(of_partner=partner("0")).level == "partner"


def test_a_partners_budget_is_reserved_in_the_same_decision() -> None:
    reserved = BudgetReserved(**WHO, amount=HOLD)
    given().knowing(knowing(of_partner=partner("1"))).when(authorize()).then(SHARED, reserved)
    given().knowing(knowing(of_partner=PartnerBudget())).when(authorize()).then(authorized())


def test_a_partners_refusal_does_not_tell_the_tenant_what_others_spend() -> None:
    """It stands in the tenant's stream. The partner reads the figures in its own."""
    facts = knowing(of_partner=partner("1", posted="0.98", held="0.01"))
    refused, told = given().knowing(facts).when(authorize()).events
    assert isinstance(refused, CallRefused) and isinstance(told, PartnerThresholdReached)
    assert (refused.level, refused.hold, refused.budget) == ("partner", HOLD, None)
    assert (refused.posted, refused.held) == (NOTHING, NOTHING)
    assert "0.98" not in refused.model_dump_json()
    assert (told.budget, told.posted) == (Decimal(1), Decimal("0.98"))


def test_a_settled_call_counts_its_price_and_frees_its_hold() -> None:
    entry, counted = given(SHARED).when(SETTLE).events
    assert entry == settled()
    assert counted == BudgetSettled(**WHO, hold=HOLD, amount=settled().price)


def test_a_released_call_frees_its_hold() -> None:
    release = ReleaseCall(tenant_id=TENANT_ID, call=call(), reason="provider.overloaded", usage=None)
    assert given(SHARED).when(release).events[1:] == (BudgetReleased(**WHO, hold=HOLD),)


def test_a_partners_budget_is_set_and_taken_away() -> None:
    command = SetPartnerBudget(partner_id=PARTNER_ID, limit=Decimal(1_000))
    told = PartnerBudgetSet(partner_id=PARTNER_ID, limit=Decimal(1_000))
    given().when(command).then(told)
    given(told).when(command).nothing()
    none = SetPartnerBudget(partner_id=PARTNER_ID, limit=None)
    given(told).when(none).then(PartnerBudgetSet(partner_id=PARTNER_ID, limit=None))


def reached(threshold: Any, budget: str, source: SourceRef | None = None) -> BudgetThresholdReached:
    return BudgetThresholdReached(
        tenant_id=TENANT_ID,
        level="source" if source else "tenant",
        source=source,
        period=MONTH,
        threshold=threshold,
        budget=Decimal(budget),
        posted=settled().price,
    )


@pytest.mark.parametrize(
    ("budget", "threshold"), [("0.02", None), ("0.0117", 50), ("0.0072", 80), ("0.00585", 100)]
)
def test_somebody_is_told_how_full_a_budget_is(budget: str, threshold: int | None) -> None:
    limits = Limits(tenant=Decimal(budget))
    alerts = given(authorized()).knowing(PostingFacts(limits)).when(SETTLE).events[1:]
    assert alerts == ((reached(threshold, budget),) if threshold else ())


def test_somebody_is_told_of_a_threshold_once() -> None:
    facts = PostingFacts(Limits(tenant=Decimal("0.0117")))
    told = (authorized("a"), reached(50, "0.0117"), authorized())
    given(*told).knowing(facts).when(SETTLE).then(settled())


def test_each_budget_has_its_own_thresholds() -> None:
    limits = Limits(Decimal("0.0117"), Decimal("0.0072"), partner("0.00585"))
    held = authorized(source=WORKFLOW, reserved=("partner",))
    alerts = given(held).knowing(PostingFacts(limits)).when(SETTLE).events[2:]
    figures = {"period": MONTH, "threshold": 100, "budget": Decimal("0.00585"), "posted": settled().price}
    assert alerts == (
        reached(80, "0.0072", WORKFLOW),
        reached(50, "0.0117"),
        PartnerThresholdReached(partner_id=PARTNER_ID, **figures),
    )


def test_a_budget_that_refuses_with_little_left_is_full() -> None:
    history = (authorized("a"), settled("a"))
    events = given(*history).knowing(knowing(budget="0.007")).when(authorize()).events
    assert events[1:] == (reached(100, "0.007"),)
    events = given(*history).knowing(knowing(budget="0.01")).when(authorize()).events
    assert events[1:] == (reached(50, "0.01"),)


def test_a_refusal_names_the_largest_holds_and_the_last_entries() -> None:
    names = [f"n{number}" for number in range(9)]
    entries = [event for name in names for event in (authorized(name), settled(name))]
    holds = [authorized(f"h{number}", hold=Decimal(number)) for number in range(1, 10)]
    refused = refusal(*entries, *holds, budget="1")
    assert [int(one.amount) for one in refused.in_the_way if one.kind == "hold"] == [9, 8, 7, 6, 5]
    last = [one.entry for one in refused.in_the_way if one.kind == "entry"]
    assert last == [call(name).key for name in reversed(names[-5:])]


def test_where_nothing_is_shared_a_call_is_two_events() -> None:
    assert [type(e) for e in given().knowing(knowing()).when(authorize()).events] == [CallAuthorized]
    assert given(authorized()).when(SETTLE).events == (settled(),)
