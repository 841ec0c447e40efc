"""Whatever a projection of money shows is what its events make, column by column."""

import psycopg
import pytest

from bus.audit.reprojected import MONEY, wrong_projections
from infra.eventstore.postgres import PostgresEventStore
from tests.support.ledger import Calls, projected


@pytest.fixture
async def shown(store: PostgresEventStore, database_url: str) -> str:
    calls = Calls(store)
    calls.set_rate()
    calls.make(60)
    await projected(database_url, store)
    return database_url


def change(url: str, statement: str) -> None:
    with psycopg.connect(url) as conn:
        conn.execute("SET LOCAL session_replication_role = replica")
        assert conn.execute(statement.encode()).rowcount > 0


def tables(url: str) -> list[str]:
    with psycopg.connect(url) as conn:
        return [
            name for (name,) in conn.execute("SELECT relname FROM pg_class WHERE relkind = 'r' ORDER BY 1")
        ]


async def test_what_is_shown_is_what_the_events_make_and_nothing_is_left(shown: str) -> None:
    before = tables(shown)
    assert await wrong_projections(shown) == []
    assert tables(shown) == before
    assert {"ledger_entries", "month_totals", "holds", "rate_cards"} <= {one.name for one in MONEY}


@pytest.mark.parametrize(
    "statement, where",
    [
        ("UPDATE system_rates_v1 SET output = output + 1", "system_rates"),
        ("DELETE FROM holds_v1", "holds"),
        ("UPDATE month_totals_v1 SET entries = entries + 1", "month_totals"),
        ("UPDATE ledger_entries_v1 SET degraded = NOT degraded", "ledger_entries"),
    ],
)
async def test_a_changed_row_is_shown(shown: str, statement: str, where: str) -> None:
    change(shown, statement)
    assert [found.where for found in await wrong_projections(shown)] == [where]
