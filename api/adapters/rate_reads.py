"""Rates and terms as the read side has them, and the entries that were settled by them."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from api.adapters.scoped_reads import ScopedReads
from infra.db.scope import Scope
from projections.ledger_entries import rerating
from projections.ledger_entries.rows import LedgerEntry
from projections.rate_cards import queries as rate_cards
from projections.rate_cards.queries import PartnerTerms, SystemRate


class RateReads(ScopedReads):
    async def system_rates(
        self, scope: Scope, now: datetime, model: str | None = None, in_force: bool = False
    ) -> Sequence[SystemRate]:
        async with self._scoped(scope) as conn:
            return await rate_cards.system_rates(conn, now, model, in_force)

    async def partner_terms(
        self, scope: Scope, partner_id: UUID, now: datetime, in_force: bool = False
    ) -> Sequence[PartnerTerms]:
        async with self._scoped(scope) as conn:
            return await rate_cards.terms_of(conn, partner_id, now, in_force)

    async def settled_after(
        self, scope: Scope, period: str, partner_id: UUID | None, after: int, limit: int
    ) -> Sequence[LedgerEntry]:
        async with self._scoped(scope) as conn:
            return await rerating.settled_after(conn, period, partner_id, after, limit)
