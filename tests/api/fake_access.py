"""An access log in memory, with the scopes of the real one."""

from collections.abc import Callable
from uuid import UUID

from api.gateway.access_writer import AccessLogAway
from api.paging import Page
from infra.access_log.entries import Access, Wanted
from infra.db.scope import Scope
from tests.api.fake_runs import page


class FakeAccess:
    def __init__(self, sees: Callable[[Scope, UUID], bool]) -> None:
        self._sees = sees
        self.entries: list[Access] = []
        self.sure: list[bool] = []
        self.away = False

    async def put(self, entry: Access, until_written: bool = False) -> None:
        if self.away:
            raise AccessLogAway
        self.entries.append(entry)
        self.sure.append(until_written)

    async def page(self, scope: Scope, wanted: Wanted, cursor: str | None, limit: int) -> Page[Access]:
        found = [one for one in self.entries if self._visible(scope, one) and matches(one, wanted)]
        return page(found[::-1], cursor, limit)

    def _visible(self, scope: Scope, one: Access) -> bool:
        if one.tenant_id is not None:
            return self._sees(scope, one.tenant_id)
        return scope.platform or (one.partner_id is not None and scope.partner_id == one.partner_id)


def matches(one: Access, wanted: Wanted) -> bool:
    return (
        wanted.actor in (None, one.actor, one.subject, one.impersonator)
        and wanted.tenant_id in (None, one.tenant_id)
        and wanted.route in (None, one.route)
        and wanted.decision in (None, one.decision)
        and (wanted.since is None or wanted.since <= one.at)
        and (wanted.until is None or one.at < wanted.until)
    )
