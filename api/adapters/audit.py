"""The sealed ledger by call keys, which the read side knows the positions of."""

from collections.abc import Sequence

from infra.audit.keys import SealKeys
from infra.audit.ledger import Connect, Proved, SealedLedger
from infra.audit.lines import ViewName
from infra.db.scope import Scope
from projections.ledger_entries.queries import position_of


class PostgresAudit(SealedLedger):
    def __init__(self, keys: SealKeys, connect: Connect) -> None:
        super().__init__(keys, connect)
        self._scoped = connect

    async def prove(self, scope: Scope, call_key: str, open_: Sequence[ViewName]) -> Proved | None:
        async with self._scoped(scope) as conn:
            position = await position_of(conn, call_key)
        return None if position is None else await self.prove_at(scope, position, open_)
