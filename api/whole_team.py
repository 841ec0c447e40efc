"""All members of a place, page by page."""

from collections.abc import AsyncIterator
from uuid import UUID

from api.parts import Deps
from api.reads import PLATFORM_SCOPE
from api.rows.people import MemberRow

PAGE = 100


async def everybody_at(deps: Deps, place_id: UUID) -> AsyncIterator[MemberRow]:
    cursor: str | None = None
    while True:
        page = await deps.reads.members(PLATFORM_SCOPE, place_id, cursor, PAGE)
        for row in page.items:
            yield row
        if (cursor := page.next) is None:
            return
