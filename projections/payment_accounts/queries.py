from dataclasses import dataclass
from uuid import UUID

from projections.kernel import Connection
from projections.reading import one

GET = """
SELECT coalesce(provider, 'manual') AS provider, nullif(method, '') AS method, nullif(offered, '') AS offered,
    nullif(code, '') AS code, nullif(message, '') AS message
FROM payment_accounts WHERE tenant_id = %(tenant_id)s
"""


@dataclass(frozen=True, slots=True)
class PaymentAccount:
    """`offered`: the provider is asked about it. `code`: why it did not take the last one."""

    provider: str = "manual"
    method: str | None = None
    offered: str | None = None
    code: str | None = None
    message: str | None = None


async def get(conn: Connection, tenant_id: UUID) -> PaymentAccount:
    """Who said nothing pays by transfer."""
    return await one(conn, PaymentAccount, GET, {"tenant_id": tenant_id}) or PaymentAccount()
