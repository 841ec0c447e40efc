"""Money: what the queries give, as the rows the edge works with."""

from typing import Any
from uuid import UUID

from api.rows.billing import BillLine, LedgerRow
from projections.ledger_entries import rows as ledger
from schemas.base import TenantId
from schemas.billing.types import Posting, Pricing
from schemas.execution.chat import Usage


def entry(row: ledger.LedgerEntry) -> LedgerRow:
    return LedgerRow(
        ref=f"{row.stream}@{row.version}",
        position=row.position,
        kind=row.kind,  # type: ignore[arg-type]
        tenant_id=TenantId(row.tenant_id),
        recorded_at=row.recorded_at,
        execution_id=row.job_id,
        node=row.node,
        attempt=row.attempt,
        model=row.model,
        usage=usage(row),
        price=row.price_usd,
        commission=row.commission_usd,
        cost=row.cost_usd,
        degraded=row.degraded,
        quarantined=row.quarantined,
        pricing=Pricing.model_validate(row.pricing) if row.pricing else None,
        postings=tuple(Posting.model_validate(posting) for posting in row.postings),
    )


def usage(row: ledger.LedgerEntry) -> Usage:
    return Usage(
        input=row.tokens_input,
        output=row.tokens_output,
        cache_read=row.tokens_cache_read,
        cache_write=row.tokens_cache_write,
        reasoning=row.tokens_reasoning,
        estimated=row.degraded,
        images=row.images,
        audio_ms=row.audio_ms,
        unplaced=tuple(row.unplaced),
    )


def line(row: ledger.BillLine) -> BillLine:
    return BillLine(row.model, row.calls, row.tokens, row.price_usd, row.commission_usd, row.cost_usd)


def key_of_entry(row: ledger.LedgerEntry) -> tuple[Any, UUID]:
    return row.recorded_at, row.id
