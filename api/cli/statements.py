"""`hb money`: the three statements as tables, and the identity between them."""

import asyncio
import re
from collections.abc import Awaitable, Callable, Iterable, Sequence
from decimal import Decimal
from typing import TypeVar
from uuid import UUID

from rich.markup import escape
from rich.table import Table

from api.adapters.reads import PostgresReads
from api.cli.errors import Refused
from api.cli.look import CROSS, TICK, out, places, table, usd
from api.cli.runs import reads
from api.pure import Identity, MonthSums, identity, partner_earnings, profit_and_loss, tenant_bill
from api.reads import PLATFORM_SCOPE
from api.rows.billing import BillRow
from infra.settings import Settings
from schemas.billing.months import MonthTotal

T = TypeVar("T")
Ask = Callable[[PostgresReads], Awaitable[T]]
CENTS = 2
MONTH = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])")


def asked(settings: Settings, period: str, ask: Ask[T]) -> T:
    if not MONTH.fullmatch(period):
        raise Refused(f"{period} is no month.", "Say YYYY-MM.")

    async def read() -> T:
        async with reads(settings) as at:
            return await ask(at)

    return asyncio.run(read())


def check(settings: Settings, period: str) -> int:
    rows, closed = asked(settings, period, lambda at: at.month_of_all(PLATFORM_SCOPE, period))
    found = identity(rows, closed)
    out.print(checks_table(found))
    entries = sum(row.entries for row in rows)
    if found.holds:
        out.print(f"{TICK} {period} adds up: {entries} entries, {len(closed)} closed ledgers")
        return 0
    out.print(f"{CROSS} [bad]{period} does not add up[/]")
    return 1


def checks_table(found: Identity) -> Table:
    decimals = places(amount for one in found.checks for amount in (one.left, one.right))
    made = table(
        "", "what must be equal", "left", "right", "difference", right=("left", "right", "difference")
    )
    for one in found.checks:
        mark = TICK if one.holds else CROSS
        made.add_row(mark, one.name, *(usd(x, decimals) for x in (one.left, one.right, one.difference)))
    return made


def show_bill(settings: Settings, tenant: UUID, period: str) -> None:
    async def both(at: PostgresReads) -> tuple[Sequence[MonthTotal], BillRow]:
        month = await at.month_of_tenant(PLATFORM_SCOPE, tenant, period)
        return month, await at.bill(PLATFORM_SCOPE, tenant, period)

    month, summed = asked(settings, period, both)
    bill = tenant_bill(month)
    made = table("what for", "model", "calls", "tokens", "price", right=("calls", "tokens", "price"))
    decimals = places(row.price for row in bill.lines)
    for row in bill.lines:
        what = row.source_name or " ".join(filter(None, (row.kind.replace("_", " "), row.about_period)))
        made.add_row(escape(what), row.model, str(row.entries), str(row.tokens), usd(row.price, decimals))
    made.add_row(
        "[name]total[/]", "", str(bill.total.calls), str(bill.total.tokens), usd(bill.total.price, decimals)
    )
    out.print(made)
    for credit in summed.carried:
        out.print(f"Credit of {credit.period}, before tax: {usd(credit.amount, CENTS)}")


def show_earnings(settings: Settings, partner: UUID, period: str) -> None:
    rows = asked(settings, period, lambda at: at.month_of_partner(PLATFORM_SCOPE, partner, period))
    earned = partner_earnings(rows)
    lines = [(str(one.tenant_id), one.sums) for one in earned.tenants]
    draw("tenant", ("price", "commission"), [*lines, ("[name]total[/]", earned.total)])


def show_result(settings: Settings, period: str) -> None:
    rows, _ = asked(settings, period, lambda at: at.month_of_all(PLATFORM_SCOPE, period))
    result = profit_and_loss(rows)
    lines = [(one.provider or "not by calls", one.sums) for one in result.providers]
    columns = ("price", "commission", "revenue", "cost", "margin")
    draw("provider", columns, [*lines, ("[name]total[/]", result.total)])


def draw(title: str, columns: tuple[str, ...], lines: Iterable[tuple[str, MonthSums]]) -> None:
    found = list(lines)
    amounts = [[amount(sums, column) for column in columns] for _, sums in found]
    decimals = places(one for row in amounts for one in row)
    made = table(title, "calls", *columns, right=("calls", *columns))
    for (name, sums), row in zip(found, amounts, strict=True):
        made.add_row(name, str(sums.calls), *(usd(one, decimals) for one in row))
    out.print(made)


def amount(sums: MonthSums, column: str) -> Decimal:
    found: Decimal = getattr(sums, column)
    return found
