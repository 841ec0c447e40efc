"""Rates and terms with their history."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from projections.fold import Handlers, Rows, fold
from projections.kernel import Projection, Tx
from projections.statements import insert
from schemas.base import PLATFORM
from schemas.billing.events import PartnerTermsSet, SystemRateSet
from schemas.envelope import Recorded

SYSTEM_RATES = insert("system_rates", key="rate_id")
PARTNER_TERMS = insert("partner_terms", key="terms_id")


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
    fields = {"rate_id": rate.rate_id, "model": rate.model, "effective_from": rate.effective_from}
    owner = {"tenant_id": PLATFORM, "partner_id": None}
    batch.rates.put(rate.rate_id, recorded, **fields, **rate.rates.model_dump(), **owner)


def terms_set(batch: Batch, recorded: Recorded, event: PartnerTermsSet) -> None:
    owner = {"tenant_id": PLATFORM, "partner_id": event.partner_id}
    batch.terms.put(event.terms.terms_id, recorded, **event.terms.model_dump(), **owner)


ON: Handlers[Batch] = {SystemRateSet: rate_set, PartnerTermsSet: terms_set}

PROJECTION = Projection(
    name="rate_cards",
    events=frozenset(ON),
    schema=(Path(__file__).parent / "schema.sql").read_text(),
    tables=("system_rates", "partner_terms"),
    project=project,
    money=True,
)
