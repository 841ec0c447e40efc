"""Rates and terms with their history, and who made it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from projections.fold import Handlers, Rows, fold
from projections.kernel import Projection, Row, Tx
from projections.statements import merge
from schemas.base import PLATFORM
from schemas.billing.events import (
    PartnerTermsSet,
    PartnerTermsWithdrawn,
    SystemRateSet,
    SystemRateWithdrawn,
)
from schemas.envelope import Recorded

WITHDRAWN = ("withdrawn_by", "withdrawn_at")
SYSTEM_RATES = merge("system_rates", key=("rate_id",), changing=WITHDRAWN)
PARTNER_TERMS = merge("partner_terms", key=("terms_id",), changing=WITHDRAWN)


@dataclass
class Batch:
    rates: Rows = field(default_factory=Rows)
    terms: Rows = field(default_factory=Rows)


async def project(events: Sequence[Recorded], tx: Tx) -> None:
    batch = fold(ON, Batch(), events)
    await tx.write(SYSTEM_RATES, batch.rates.rows.values())
    await tx.write(PARTNER_TERMS, batch.terms.rows.values())


def rate_set(batch: Batch, recorded: Recorded, event: SystemRateSet) -> None:
    rate = event.rate
    fields = {"model": rate.model, "effective_from": rate.effective_from, "set_by": recorded.actor}
    owner = {"tenant_id": PLATFORM, "partner_id": None, "rate_id": rate.rate_id}
    batch.rates.put(rate.rate_id, recorded, **fields, **rate.rates.model_dump(), **owner)


def rate_withdrawn(batch: Batch, recorded: Recorded, event: SystemRateWithdrawn) -> None:
    batch.rates.put(event.rate_id, recorded, rate_id=event.rate_id, **withdrawn(recorded))


def terms_set(batch: Batch, recorded: Recorded, event: PartnerTermsSet) -> None:
    terms = event.terms
    owner = {"tenant_id": PLATFORM, "partner_id": event.partner_id, "terms_id": terms.terms_id}
    batch.terms.put(
        terms.terms_id,
        recorded,
        for_tenant=terms.for_tenant,
        for_model=terms.for_model,
        price=terms.price,
        commission=terms.commission,
        minimum=terms.minimum,
        effective_from=terms.effective_from,
        set_by=recorded.actor,
        **owner,
    )


def terms_withdrawn(batch: Batch, recorded: Recorded, event: PartnerTermsWithdrawn) -> None:
    batch.terms.put(event.terms_id, recorded, terms_id=event.terms_id, **withdrawn(recorded))


def withdrawn(recorded: Recorded) -> Row:
    return {"withdrawn_by": recorded.actor, "withdrawn_at": recorded.recorded_at}


ON: Handlers[Batch] = {
    SystemRateSet: rate_set,
    SystemRateWithdrawn: rate_withdrawn,
    PartnerTermsSet: terms_set,
    PartnerTermsWithdrawn: terms_withdrawn,
}

PROJECTION = Projection(
    name="rate_cards",
    events=frozenset(ON),
    schema=(Path(__file__).parent / "schema.sql").read_text(),
    tables=("system_rates", "partner_terms"),
    project=project,
    money=True,
)
