"""`hb money`: what it says of a month, and how it ends."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from api.cli import statements
from api.cli.errors import Refused
from api.rows.billing import BillRow
from infra.settings import Settings
from schemas.billing.carryover import CarriedCredit
from schemas.billing.months import ClosedMonth, MonthTotal
from tests.support.builders import TENANT_ID
from tests.support.money import settled
from tests.support.months import PERIOD, seal, totals

SETTINGS = Settings()


def with_month(
    monkeypatch: pytest.MonkeyPatch, rows: Sequence[MonthTotal], closed: Sequence[ClosedMonth] = ()
) -> None:
    def asked(settings: Settings, period: str, ask: Any) -> Any:
        return rows, closed

    monkeypatch.setattr(statements, "asked", asked)


def test_a_month_that_adds_up_ends_well(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = totals(settled("a"), settled("b"))
    with_month(monkeypatch, rows, [seal(rows)])
    assert statements.check(SETTINGS, PERIOD) == 0
    told = capsys.readouterr().out
    assert f"{PERIOD} adds up: 2 entries, 1 closed" in told


def test_a_month_that_does_not_add_up_says_what_and_by_how_much(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    row = totals(settled())[0]
    with_month(monkeypatch, [replace(row, posted_payable=row.posted_payable + Decimal("0.5"))])
    assert statements.check(SETTINGS, PERIOD) == 1
    told = capsys.readouterr().out
    [line] = [line for line in told.splitlines() if "costs = provider payables" in line]
    assert "$-0.5" in line
    assert "does not add up" in told


def test_a_result_is_told_by_provider(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with_month(monkeypatch, totals(settled()))
    statements.show_result(SETTINGS, PERIOD)
    told = capsys.readouterr().out
    assert "local" in told
    assert "total" in told


def test_a_bill_names_credit_of_earlier_months(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    bill = BillRow(
        tenant_id=TENANT_ID,
        period=PERIOD,
        calls=1,
        price=Decimal(0),
        commission=Decimal(0),
        cost=Decimal(0),
        held=Decimal(0),
        carried=[CarriedCredit(period="2026-08", amount=Decimal("40.00"))],
    )
    monkeypatch.setattr(statements, "asked", lambda settings, period, ask: (totals(settled()), bill))
    statements.show_bill(SETTINGS, TENANT_ID, PERIOD)
    told = capsys.readouterr().out
    assert "Credit of 2026-08, before tax: $40.00" in told
    assert "total" in told


def test_what_is_no_month_is_refused() -> None:
    with pytest.raises(Refused, match="no month"):
        statements.check(SETTINGS, "2026-13")
