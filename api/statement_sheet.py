"""A partner's month as a document: names of tenants, amounts in cents."""

import asyncio
from datetime import UTC, datetime

from api.pure import MonthSums, partner_earnings
from api.reads import Reads
from api.rows.people import PartnerRow
from infra.db.scope import Scope
from infra.documents.pdf import pdf
from infra.documents.sheet import Sheet, statement_sheet
from infra.documents.words import count, money

TEMPLATE = 1


async def statement_pdf(reads: Reads, scope: Scope, partner: PartnerRow, period: str) -> bytes:
    """Nothing of the day it is asked for is in it: a closed month's statement stays what it is."""
    sheet = await partner_sheet(reads, scope, partner, period)
    at = datetime.strptime(period, "%Y-%m").replace(tzinfo=UTC)
    return await asyncio.to_thread(pdf, sheet, "", at, TEMPLATE)


async def partner_sheet(reads: Reads, scope: Scope, partner: PartnerRow, period: str) -> Sheet:
    earned = partner_earnings(await reads.month_of_partner(scope, partner.id, period))
    rows = []
    for one in earned.tenants:
        tenant = await reads.tenant(scope, one.tenant_id)
        rows.append([tenant.name if tenant else str(one.tenant_id), *figures(one.sums)])
    _, *total = figures(earned.total)
    return statement_sheet(partner.name, period, rows, total)


def figures(sums: MonthSums) -> list[str]:
    return [count(sums.calls), money(sums.price), money(sums.commission)]
