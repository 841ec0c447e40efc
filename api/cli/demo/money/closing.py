"""The end of a month: ledgers are closed, invoices and statements made, and all add up to the same."""

from datetime import timedelta
from decimal import Decimal

from api.cli.demo.money import tables
from api.cli.demo.money.papers import put_invoice, put_statement
from api.cli.demo.money.people import PARTNER
from api.cli.demo.money.stage import Stage
from api.cli.look import plain
from api.cli.statements import checks_table
from api.cli.telling.errors import StoryFailed
from api.pure import identity, partner_earnings
from api.reads import PLATFORM_SCOPE
from api.rows.invoices import InvoiceFilter
from schemas.billing.invoices import InvoiceFace
from schemas.billing.months import CREDIT_NOTE

GRACE = timedelta(hours=24)
PAGE = 50


async def close(stage: Stage, period: str) -> int:
    """A day after its end; how many entries the month has."""
    closed = await stage.platform.close_months(GRACE)
    if closed != len(stage.cast.tenants):
        raise StoryFailed(f"{closed} of {len(stage.cast.tenants)} ledgers of {period} were closed")
    stage.say(f"{period} is closed: nothing is posted in it again.")
    faces = await invoices_of(stage, period)
    stage.show(tables.invoices_table(faces))
    await earnings(stage, period)
    return await add_up(stage, period)


async def invoices_of(stage: Stage, period: str) -> list[InvoiceFace]:
    found = await stage.reads.invoices(PLATFORM_SCOPE, None, PAGE, InvoiceFilter(period=period))
    rows = [row for row in found.items if row.face]
    if len(rows) != len(stage.cast.tenants):
        told = [f"{row.status} {row.problem_detail or ''}" for row in found.items]
        raise StoryFailed(f"not every tenant has an invoice for {period}: {', '.join(told)}")
    return sorted((put_invoice(stage.folder, row) for row in rows), key=lambda face: face.number)


async def earnings(stage: Stage, period: str) -> None:
    found = await stage.reads.month_of_partner(PLATFORM_SCOPE, stage.cast.partner_id, period)
    earned = partner_earnings(found)
    sums = {one.tenant_id: one.sums for one in earned.tenants}
    rows = [(tenant.name, sums[tenant.id]) for tenant in stage.cast.tenants if tenant.id in sums]
    stage.say(f"{PARTNER} earned ${plain(earned.total.commission)}:")
    stage.show(tables.earnings_table(rows))
    await put_statement(stage, period)


async def add_up(stage: Stage, period: str) -> int:
    rows, closed = await stage.reads.month_of_all(PLATFORM_SCOPE, period)
    found = identity(rows, closed)
    stage.say("The statements of tenants, partner and platform say the same:")
    stage.show(checks_table(found))
    if not found.holds:
        raise StoryFailed(f"{period} does not add up")
    return sum(row.entries for row in rows if row.kind != CREDIT_NOTE)


async def difference(stage: Stage, *periods: str) -> Decimal:
    """What is left of the identity in all months, after everything that happened: nothing."""
    left = Decimal(0)
    for period in periods:
        rows, closed = await stage.reads.month_of_all(PLATFORM_SCOPE, period)
        left += sum((abs(check.difference) for check in identity(rows, closed).checks), Decimal(0))
    return left


async def prices(stage: Stage, *periods: str) -> Decimal:
    """What all entries of the ledgers come to. A credit note is none: it takes back of an invoice."""
    months = [await stage.reads.month_of_all(PLATFORM_SCOPE, period) for period in periods]
    rows = [row for found, _ in months for row in found]
    return sum((row.price for row in rows if row.kind != CREDIT_NOTE), Decimal(0))
