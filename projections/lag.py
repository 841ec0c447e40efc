"""How far the projections are behind."""

from dataclasses import dataclass
from pathlib import Path

from psycopg.rows import class_row

from projections.kernel import Connection

LAG = (Path(__file__).parent / "lag.sql").read_bytes()


@dataclass(frozen=True, slots=True)
class Lag:
    name: str
    version: int
    status: str
    position: int
    events: int
    seconds: float
    parked: int
    error: str | None


async def lag(conn: Connection) -> list[Lag]:
    """Run as `hb_worker`: the API's role does not see the store's other tenants."""
    async with conn.cursor(row_factory=class_row(Lag)) as cursor:
        return await (await cursor.execute(LAG)).fetchall()
