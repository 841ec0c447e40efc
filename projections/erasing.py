"""What read models do when a tenant's content is erased: of those that hold some, all its rows go."""

from collections.abc import Sequence
from dataclasses import replace

from projections.kernel import Projection, Tx
from schemas.envelope import Recorded
from schemas.tenancy.erasure import TenantErased

ROWS = "DELETE FROM {{{table}}} WHERE tenant_id = ANY(%s)"


def with_content(projection: Projection) -> Projection:
    """Built anew it finds tombstones, which it does not want, and nothing more to delete."""

    async def project(events: Sequence[Recorded], tx: Tx) -> None:
        await projection.project([one for one in events if not isinstance(one.event, TenantErased)], tx)
        erased = [one.tenant_id for one in events if isinstance(one.event, TenantErased)]
        for table in projection.tables if erased else ():
            await tx.execute(ROWS.format(table=table), (erased,))

    events = projection.events | {TenantErased}
    return replace(projection, events=events, project=project, content=True)
