"""Months of entries, added up as the projection does."""

from collections.abc import Iterable
from dataclasses import fields
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import uuid4

from projections.kernel import Row
from projections.month_totals.entries import of_adjustment, of_call, of_reversal
from schemas.base import TenantId
from schemas.billing.corrections import AdjustmentPosted, EntryReversed
from schemas.billing.events import CallSettled
from schemas.billing.months import ClosedMonth, MonthTotal
from schemas.billing.types import Posting
from tests.support.builders import NOW, PARTNER_ID, TENANT_ID, recorded

PERIOD = f"{NOW:%Y-%m}"
NAMES = {field.name for field in fields(MonthTotal)}


def month_total(**changes: Any) -> MonthTotal:
    sums = {name: Decimal(0) for name in NAMES if name.startswith("posted_") or name == "imbalance"}
    tokens = {name: 0 for name in NAMES if name.startswith("tokens_")}
    defaults = {
        **sums,
        **tokens,
        "tenant_id": TENANT_ID,
        "partner_id": PARTNER_ID,
        "period": PERIOD,
        "kind": "usage",
        "source_kind": "workflow",
        "source_id": "w1",
        "source_name": "Answer mails",
        "model": "local/smollm2",
        "about_period": "",
        "entries": 1,
        "cost": Decimal(0),
        "price": Decimal(0),
        "commission": Decimal(0),
    }
    return MonthTotal(**{**defaults, **changes})


def totals(*events: CallSettled | EntryReversed | AdjustmentPosted) -> list[MonthTotal]:
    """One row per entry."""
    stream = f"ledger-{TENANT_ID}-{PERIOD}"
    return [month_total(**shown(row_of(recorded(event, stream=stream)))) for event in events]


def row_of(found: Any) -> Row:
    match found.event:
        case CallSettled():
            return of_call(found, found.event)
        case EntryReversed():
            return of_reversal(found, found.event)
    return of_adjustment(found, found.event)


def shown(row: Row) -> Row:
    return {name: value for name, value in row.items() if name in NAMES}


def reversal(event: CallSettled) -> EntryReversed:
    turned = {"debit": "credit", "credit": "debit"}
    return EntryReversed(
        tenant_id=event.tenant_id,
        partner_id=event.partner_id,
        reversal_id=uuid4(),
        period=PERIOD,
        about_period=PERIOD,
        entry=event.call.key,
        ref=f"ledger-{event.tenant_id}-{PERIOD}@1",
        reason="wrong",
        cost=-event.cost,
        price=-event.price,
        commission=-event.commission,
        postings=tuple(leg.model_copy(update={"side": turned[leg.side]}) for leg in event.postings),
    )


def seal(rows: Iterable[MonthTotal], tenant_id: TenantId = TENANT_ID, at: datetime = NOW) -> ClosedMonth:
    """What a ledger would say its month came to."""
    mine = [row for row in rows if row.tenant_id == tenant_id]
    return ClosedMonth(
        tenant_id=tenant_id,
        partner_id=PARTNER_ID,
        period=PERIOD,
        entries=sum(row.entries for row in mine),
        cost=sum((row.cost for row in mine), Decimal(0)),
        price=sum((row.price for row in mine), Decimal(0)),
        commission=sum((row.commission for row in mine), Decimal(0)),
        closed_at=at,
    )


def leg(account: str, side: Any, amount: str) -> Posting:
    return Posting(account=account, side=side, amount=Decimal(amount))
