"""Rates and terms in memory: set, listed, and withdrawn by name."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from infra.db.scope import Scope
from projections.ledger_entries.rows import LedgerEntry
from projections.rate_cards.queries import PartnerTerms, SystemRate
from schemas.envelope import Envelope

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)


class FakeRateReads:
    def __init__(self) -> None:
        self.system: list[SystemRate] = []
        self.agreed: list[PartnerTerms] = []
        self.settled: list[LedgerEntry] = []

    async def system_rates(
        self, scope: Scope, now: datetime, model: str | None = None, in_force: bool = False
    ) -> Sequence[SystemRate]:
        found = [rate for rate in self.system if rate.in_force or not in_force]
        return [rate for rate in found if scope.platform and model in (None, rate.model)]

    async def partner_terms(
        self, scope: Scope, partner_id: UUID, now: datetime, in_force: bool = False
    ) -> Sequence[PartnerTerms]:
        found = [terms for terms in self.agreed if terms.in_force or not in_force]
        visible = scope.platform or scope.partner_id == partner_id
        return [terms for terms in found if visible and terms.partner_id == partner_id]

    async def settled_after(
        self, scope: Scope, period: str, partner_id: UUID | None, after: int, limit: int
    ) -> Sequence[LedgerEntry]:
        assert scope.platform
        found = [row for row in self.settled if row.period == period and row.position > after]
        return [row for row in found if partner_id in (None, row.partner_id)][:limit]


def history(envelope: Envelope, command: Any) -> dict[str, Any]:
    return {
        "effective_from": command.effective_from or NOW,
        "set_by": str(envelope.actor),
        "created_at": NOW,
        "withdrawn_by": None,
        "withdrawn_at": None,
        "in_force": command.effective_from is None,
    }


def set_system_rate(reads: FakeRateReads, envelope: Envelope, command: Any) -> None:
    rates = dict(command.rates)
    row = SystemRate(f"rate:{command.model}", command.model, **rates, **history(envelope, command))
    reads.system.append(row)


def set_partner_terms(reads: FakeRateReads, envelope: Envelope, command: Any) -> None:
    reads.agreed.append(
        PartnerTerms(
            terms_id=f"terms:{command.partner_id}",
            partner_id=command.partner_id,
            for_tenant=command.for_tenant,
            for_model=command.for_model,
            price=command.price.model_dump(mode="json"),
            commission=command.commission.model_dump(mode="json"),
            minimum=command.minimum,
            **history(envelope, command),
        )
    )


def withdraw_system_rate(reads: FakeRateReads, envelope: Envelope, command: Any) -> None:
    reads.system = [rate for rate in reads.system if rate.rate_id != command.rate_id]


def withdraw_partner_terms(reads: FakeRateReads, envelope: Envelope, command: Any) -> None:
    reads.agreed = [terms for terms in reads.agreed if terms.terms_id != command.terms_id]
