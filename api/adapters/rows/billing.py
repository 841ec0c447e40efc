"""Money: what the queries give, as the rows the edge works with."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from api.rows.billing import BillLine, BudgetRow, LedgerRow, TopUpRow, WalletRow
from projections.budgets import queries as budgets
from projections.ledger_entries import rows as ledger
from projections.wallets import queries as wallets
from schemas.base import PLATFORM, TenantId
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
        source_kind=row.source_kind,
        source_id=row.source_id,
        adjustment=row.adjustment,
        about_period=row.about_period,
        reason=row.reason,
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


def budget(row: budgets.Budget) -> BudgetRow:
    return BudgetRow(
        level=row.level,  # type: ignore[arg-type]
        subject_id=row.subject_id,
        source_kind=row.source_kind,
        tenant_id=TenantId(row.tenant_id) if row.tenant_id != PLATFORM else None,
        limit=row.limit_usd,
        posted=row.posted_usd,
        held=row.held_usd,
        reached=row.reached,
    )


def wallet(tenant_id: UUID, row: wallets.Wallet | None, top_ups: Sequence[wallets.TopUp]) -> WalletRow:
    return WalletRow(
        tenant_id=TenantId(tenant_id),
        mode=row.mode if row else "postpaid",  # type: ignore[arg-type]
        balance=row.balance_usd if row else Decimal(0),
        held=row.held_usd if row else Decimal(0),
        top_ups=[TopUpRow(t.id, t.amount_usd, t.source, t.expires_at, t.created_at) for t in top_ups],
    )


def line(row: ledger.BillLine) -> BillLine:
    return BillLine(row.model, row.calls, row.tokens, row.price_usd, row.commission_usd, row.cost_usd)


def key_of_entry(row: ledger.LedgerEntry) -> tuple[Any, UUID]:
    return row.recorded_at, row.id
