"""A tenant from its first day to its last, and one that changes its partner in the middle of a month."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from contexts.billing.identity import identity
from contexts.billing.statements import partner_earnings
from schemas.access import Role
from schemas.authoring.commands import CreateTrigger
from schemas.authoring.triggers import CronTrigger
from schemas.base import Command, TenantId
from schemas.billing.corrections import ClosePeriod, PeriodClosed
from schemas.billing.events import CallAuthorized, CallSettled
from schemas.billing.months import MonthTotal
from schemas.billing.partner_budgets import SetPartnerBudget
from schemas.billing.wallets import SetPaymentMode, TopUpWallet
from schemas.envelope import Actor, Answer
from schemas.execution.commands import ResumeExecution
from schemas.identity.commands import GrantMembership
from schemas.identity.types import Place
from schemas.tenancy.commands import ReinstateTenant, SetTenantBudget, SuspendTenant
from schemas.tenancy.life import BeginClosing, ChangeSubdomain, TransferTenant, WithdrawClosing
from schemas.tenancy.partners import ClosePartner
from schemas.tenancy.types import PartnerTerms
from tests.support.builders import (
    NOW,
    OTHER_PARTNER_ID,
    PARTNER_ID,
    SYSTEM,
    TENANT_ID,
    WORKFLOW_ID,
    app_admin,
    create_partner,
    llm,
    new_user,
    partner_admin,
    provision_tenant,
    recorded,
    workflow,
)
from tests.support.harness import Harness
from tests.support.months import month_total, row_of, shown
from tests.support.story import (
    LEDGER,
    RUN,
    RUN_ID,
    accept,
    given_tenant,
    given_workflow,
    start,
    tenant_admin,
)

TENANT = f"tenant-{TENANT_ID}"
TRIGGER_ID = UUID(int=9)
DAY = 86_400.0
BOTH = (PARTNER_ID, OTHER_PARTNER_ID)
CLOSING = BeginClosing(tenant_id=TENANT_ID, reason="We stop.", grace_days=30)
WITHDRAW = WithdrawClosing(tenant_id=TENANT_ID, reason="We go on.")
MOVE = TransferTenant(tenant_id=TENANT_ID, to_partner=OTHER_PARTNER_ID, reason="They moved.")


def owner() -> Actor:
    return tenant_admin().model_copy(update={"role": Role.TENANT_OWNER})


def code(answer: Answer) -> str:
    return answer.refusal.code if answer.refusal else "accepted"


def run(h: Harness, number: int) -> Answer:
    answer = h.submit(start(execution_id=UUID(int=number)), as_=tenant_admin())
    h.run()
    return answer


def ordered(h: Harness, command: Command) -> Callable[[], None]:
    """By the platform, in the middle of a call."""

    def order() -> None:
        accept(h.submit(command, as_=app_admin()))

    return order


def given_customer(h: Harness) -> None:
    given_tenant(h)
    given_workflow(h, workflow(llm("first"), llm("second"), edges=[("first", "second")]))


def given_other_partner(h: Harness) -> None:
    boss = new_user(user_id=UUID(int=61), email="boss@southwind.example")
    terms = PartnerTerms(markup_percent=Decimal(100), commission_percent=Decimal(50))
    southwind = create_partner(partner_id=OTHER_PARTNER_ID, name="Southwind", admin=boss, terms=terms)
    accept(h.submit(southwind, as_=app_admin()))
    h.run()


def test_a_tenant_that_thinks_again_goes_on_as_before(h: Harness) -> None:
    given_customer(h)
    accept(h.submit(CLOSING, as_=owner()))
    assert code(run(h, 200)) == "tenancy.tenant_restricted"
    h.advance(29 * DAY)
    accept(h.submit(WITHDRAW, as_=owner()))
    h.advance(40 * DAY)
    assert h.state(TENANT).status == "active"
    assert code(run(h, 201)) == "accepted"


def test_when_the_grace_is_over_nobody_is_left_and_the_ledger_stays(h: Harness) -> None:
    given_customer(h)
    hourly = CronTrigger(type="cron", expression="0 * * * *")
    trigger = CreateTrigger(
        trigger_id=TRIGGER_ID, name="Hourly", workflow_id=WORKFLOW_ID, version=None, definition=hourly
    )
    accept(h.submit(trigger, as_=tenant_admin()))
    accept(h.submit(start(), as_=tenant_admin()))
    h.run()
    entries = h.events(LEDGER)
    accept(h.submit(CLOSING, as_=owner()))
    h.advance(31 * DAY)
    assert h.state(TENANT).status == "closed"
    assert h.state(f"team-{TENANT_ID}").roles == {}
    assert not h.state(f"trigger-{TRIGGER_ID}").enabled
    assert h.timers.of(f"trigger-{TRIGGER_ID}") == []
    assert h.events(LEDGER)[: len(entries)] == entries
    for wish in (start(execution_id=UUID(int=202)), WITHDRAW, CLOSING):
        assert code(h.submit(wish, as_=owner())) == "tenancy.tenant_closed"
    place = Place(tenant_id=TENANT_ID, partner_id=PARTNER_ID)
    late = GrantMembership(place=place, person=new_user(), role=Role.TENANT_VIEWER)
    assert code(h.submit(late, as_=SYSTEM)) == "identity.place_closed"
    close = ClosePeriod(tenant_id=TENANT_ID, period=f"{NOW:%Y-%m}")
    accept(h.submit(close, as_=SYSTEM))
    accept(h.submit(ClosePartner(partner_id=PARTNER_ID, reason="Nothing left."), as_=app_admin()))


def test_a_tenant_nobody_takes_over_goes_by_itself(h: Harness) -> None:
    given_tenant(h, owner=None)
    h.advance(89 * DAY)
    assert h.state(TENANT).status == "provisioned"
    h.advance(2 * DAY)
    assert h.state(TENANT).status == "closed"


def test_a_subdomain_is_anothers_after_its_quarantine_and_not_before(h: Harness) -> None:
    given_tenant(h)
    accept(h.submit(ChangeSubdomain(tenant_id=TENANT_ID, subdomain="zenith"), as_=tenant_admin()))
    rival = provision_tenant(tenant_id=TenantId(UUID(int=62)), subdomain="acrne", owner=None)
    h.advance(29 * DAY)
    assert code(h.submit(rival, as_=partner_admin())) == "conflict.subdomain_taken"
    h.advance(2 * DAY)
    accept(h.submit(rival, as_=partner_admin()))
    back = ChangeSubdomain(tenant_id=TENANT_ID, subdomain="acme")
    assert code(h.submit(back, as_=tenant_admin())) == "conflict.subdomain_taken"


def test_a_run_of_a_suspended_tenant_stops_before_its_next_step(h: Harness) -> None:
    """The call that is under way is finished and paid for; the next is not even asked for."""
    given_customer(h)
    suspend = SuspendTenant(tenant_id=TENANT_ID, reason="Abuse.")
    h.chat.meanwhile = ordered(h, suspend)
    accept(h.submit(start(), as_=tenant_admin()))
    h.run()
    assert (len(h.chat.calls), h.state(RUN).status) == (1, "paused")
    assert [type(e) for e in h.events(LEDGER) if isinstance(e, CallSettled | CallAuthorized)] == [
        CallAuthorized,
        CallSettled,
    ]
    assert code(h.submit(ResumeExecution(execution_id=RUN_ID), as_=tenant_admin())).endswith("suspended")
    accept(h.submit(ReinstateTenant(tenant_id=TENANT_ID, reason="Cleared."), as_=app_admin()))
    accept(h.submit(ResumeExecution(execution_id=RUN_ID), as_=tenant_admin()))
    h.run()
    assert (len(h.chat.calls), h.state(RUN).status) == (2, "succeeded")


def entries(h: Harness) -> list[CallSettled]:
    return [event for event in h.events(LEDGER) if isinstance(event, CallSettled)]


def totals(h: Harness) -> list[MonthTotal]:
    told = (row_of(recorded(event, stream=LEDGER)) for event in entries(h))
    return [month_total(**shown(row)) for row in told]


def test_a_tenant_changes_its_partner_in_the_middle_of_a_month(h: Harness) -> None:
    given_customer(h)
    given_other_partner(h)
    run(h, 200)
    h.chat.meanwhile = ordered(h, MOVE)
    run(h, 201)
    run(h, 202)
    before, after = entries(h)[:3], entries(h)[3:]
    assert len(after) == 3
    assert {entry.partner_id for entry in before} == {PARTNER_ID}
    assert {entry.partner_id for entry in after} == {OTHER_PARTNER_ID}
    assert {entry.price / entry.cost for entry in before} == {Decimal("1.3")}
    assert {entry.price / entry.cost for entry in after} == {Decimal(2)}

    rows = totals(h)
    shares = {p: [row for row in rows if row.partner_id == p] for p in (PARTNER_ID, OTHER_PARTNER_ID)}
    assert all(identity(mine).holds for mine in shares.values())
    assert identity(rows).holds
    earned = {p: partner_earnings(mine).total.commission for p, mine in shares.items()}
    assert earned[PARTNER_ID] == sum(entry.commission for entry in before)
    assert earned[OTHER_PARTNER_ID] == sum(entry.commission for entry in after)

    suspend = SuspendTenant(tenant_id=TENANT_ID, reason="x")
    assert code(h.submit(suspend, as_=partner_admin())) == "tenancy.not_your_partner"
    h.advance(timedelta(days=20).total_seconds())
    accept(h.submit(ClosePeriod(tenant_id=TENANT_ID, period=f"{NOW:%Y-%m}"), as_=SYSTEM))
    [closed] = [event for event in h.events(LEDGER) if isinstance(event, PeriodClosed)]
    assert closed.partner_id == OTHER_PARTNER_ID
    assert closed.price == sum(entry.price for entry in entries(h))


def test_credit_and_the_tenants_own_budget_go_along_and_partners_budgets_count_their_own(h: Harness) -> None:
    given_customer(h)
    given_other_partner(h)
    for command in (
        SetPaymentMode(tenant_id=TENANT_ID, mode="prepaid"),
        TopUpWallet(tenant_id=TENANT_ID, top_up_id=UUID(int=70), amount=Decimal(10)),
        SetTenantBudget(tenant_id=TENANT_ID, monthly_budget=Decimal(20)),
        *(SetPartnerBudget(partner_id=one, limit=Decimal(50)) for one in BOTH),
    ):
        accept(h.submit(command, as_=app_admin()))
    run(h, 200)
    accept(h.submit(MOVE, as_=app_admin()))
    run(h, 201)
    prices = [entry.price for entry in entries(h)]
    assert h.state(f"wallet-{TENANT_ID}").balance == 10 - sum(prices)
    assert h.state(TENANT).monthly_budget == 20
    posted = [h.state(f"partner_budget-{one}").months[f"{NOW:%Y-%m}"].posted for one in BOTH]
    assert posted == [sum(prices[:2]), sum(prices[2:])]


def test_a_month_before_the_move_is_closed_by_the_partner_of_that_month(h: Harness) -> None:
    given_customer(h)
    given_other_partner(h)
    run(h, 200)
    h.advance(timedelta(days=16).total_seconds())
    accept(h.submit(MOVE, as_=app_admin()))
    accept(h.submit(ClosePeriod(tenant_id=TENANT_ID, period=f"{NOW:%Y-%m}"), as_=SYSTEM))
    [closed] = [event for event in h.events(LEDGER) if isinstance(event, PeriodClosed)]
    assert closed.partner_id == PARTNER_ID


@pytest.mark.parametrize("command", [MOVE, CLOSING])
def test_a_partner_gives_no_tenant_away_and_closes_none(h: Harness, command: Any) -> None:
    given_tenant(h)
    given_other_partner(h)
    assert code(h.submit(command, as_=partner_admin())) == "access.denied"
