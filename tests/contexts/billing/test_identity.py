"""Whatever is called, at whatever rates, the statements agree; whatever is tampered with, they do not."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contexts.billing.identity import identity
from contexts.billing.statements import partner_earnings, profit_and_loss, tenant_bill
from schemas.base import TenantId
from schemas.billing.events import CallSettled
from tests.support.money import pricings, settled, usages
from tests.support.months import month_total, reversal, seal, totals

calls = st.lists(st.builds(settled, usage=usages, prices=pricings), min_size=1, max_size=8)


@given(calls, st.integers(0, 3))
def test_any_month_of_calls_and_reversals_adds_up(entries: list[CallSettled], taken_back: int) -> None:
    rows = totals(*entries, *[reversal(entry) for entry in entries[:taken_back]])
    found = identity(rows, [seal(rows)])
    assert found.holds, found


@given(calls)
def test_the_three_statements_say_the_same(entries: list[CallSettled]) -> None:
    rows = totals(*entries)
    bill, earned, ours = tenant_bill(rows), partner_earnings(rows), profit_and_loss(rows)
    assert bill.total.price == earned.total.commission + ours.total.revenue
    assert bill.total.price == sum(one.sums.price for one in earned.tenants)
    assert ours.total.cost == sum(one.sums.cost for one in ours.providers)
    assert ours.total.margin == sum(one.sums.margin for one in ours.providers)


@given(calls)
def test_what_is_taken_back_whole_costs_nobody_anything(entries: list[CallSettled]) -> None:
    bill = tenant_bill(totals(*entries, *map(reversal, entries)))
    assert bill.total.price == bill.total.cost == bill.total.commission == 0
    assert bill.usage.calls == len(entries)


AMOUNTS = ("price", "cost", "commission")
POSTED = ("posted_payable", "posted_receivable", "posted_commission", "posted_revenue", "imbalance")


@pytest.mark.parametrize("column", AMOUNTS + POSTED)
def test_one_changed_amount_is_found(column: str) -> None:
    rows = totals(settled("a"), settled("b"))
    wrong = replace(rows[0], **{column: getattr(rows[0], column) + Decimal("1E-12")})
    found = identity([wrong, rows[1]])
    assert not found.holds
    assert any(abs(check.difference) == Decimal("1E-12") for check in found.checks)


def test_entries_out_of_balance_do_not_make_up_for_each_other() -> None:
    rows = [month_total(imbalance=Decimal(1)), month_total(imbalance=Decimal(-1))]
    assert not identity(rows).holds


def test_a_closed_month_is_what_its_seal_says_tenant_by_tenant() -> None:
    rows = totals(settled("a"), settled("b"))
    other = TenantId(rows[0].tenant_id.__class__(int=99))
    moved = [rows[0], replace(rows[1], tenant_id=other)]
    assert identity(moved, [seal(moved), seal(moved, other)]).holds
    assert not identity(moved, [seal(rows), replace(seal(rows), tenant_id=other)]).holds
    late = [*rows, month_total(kind="credit_note", price=Decimal(-5), posted_revenue=Decimal(-5))]
    assert [check.holds for check in identity(late, [seal(rows)]).checks if "seals" in check.name] == [True]
