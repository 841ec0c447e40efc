"""What a projection is, and the transaction it writes in."""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from psycopg import AsyncConnection, AsyncCursor, sql
from pydantic_core import to_json

from schemas.base import Event
from schemas.envelope import Recorded

Row = dict[str, Any]
Connection = AsyncConnection[Any]
ReadAfter = Callable[[int, int], Awaitable[Sequence[Recorded]]]
"""`(position, limit)` -> the next events of the store after that position, in order."""


def physical(table: str, version: int) -> str:
    return f"{table}_v{version}"


@lru_cache(maxsize=1024)
def rendered(template: str, tables: tuple[str, ...], version: int) -> bytes:
    names = {table: sql.Identifier(physical(table, version)) for table in tables}
    return sql.SQL(template).format(**names).as_bytes(None)


class Tx:
    """Runs SQL templates against one version of a projection's tables: `{executions}` -> `executions_v3`."""

    def __init__(self, conn: Connection, tables: tuple[str, ...], version: int) -> None:
        self.conn = conn
        self.tables = tables
        self.version = version

    async def execute(
        self, template: str, params: Sequence[Any] | Mapping[str, Any] | None = None
    ) -> AsyncCursor[Any]:
        return await self.conn.execute(rendered(template, self.tables, self.version), params)

    async def write(self, template: str, rows: Iterable[Row]) -> None:
        """All rows in one statement, as one JSON parameter for `json_populate_recordset`."""
        batch = list(rows)
        if batch:
            await self.execute(template, (encoded(batch),))


Project = Callable[[Sequence[Recorded], Tx], Awaitable[None]]


@dataclass(frozen=True)
class Projection:
    """Tables derived from events alone. A `money` projection stops at an event it cannot take.

    `revision` is raised when the same events give other rows in the same tables: they are built anew.
    `content`: a tenant's rows go when what it wrote and ran is erased.
    """

    name: str
    events: frozenset[type[Event]]
    schema: str
    tables: tuple[str, ...]
    project: Project
    money: bool = False
    insert_only: frozenset[str] = frozenset()
    revision: int = 1
    content: bool = False

    def tx(self, conn: Connection, version: int) -> Tx:
        return Tx(conn, self.tables, version)


def encoded(rows: list[Row]) -> str:
    text = to_json(rows, inf_nan_mode="strings").decode()
    # Postgres has no NUL in text: without this, one in a model's answer would park its execution.
    return to_json(without_nul(rows)).decode() if "\\u0000" in text else text


def without_nul(value: Any) -> Any:
    match value:
        case str():
            return value.replace("\x00", "\N{REPLACEMENT CHARACTER}")
        case dict():
            return {without_nul(key): without_nul(item) for key, item in value.items()}
        case list() | tuple():
            return [without_nul(item) for item in value]
        case _ if hasattr(value, "model_dump"):
            return without_nul(value.model_dump(mode="json"))
    return value
