from collections.abc import Callable
from datetime import UTC, date, datetime

import psycopg
import pytest

from api.cli import payload_months
from api.cli.errors import Refused
from api.cli.payload_months import droppable, month_named
from bus.prepare import prepare
from infra.eventstore.partitions import Partition, usage
from infra.eventstore.postgres import PostgresEventStore
from tests.support.batches import batch_of

NOW = datetime(2026, 3, 31, tzinfo=UTC)
OLD = datetime(2020, 1, 31, tzinfo=UTC)


@pytest.mark.parametrize("text", ["2026-02", "2026-01", "2020-12"])
def test_all_before_the_last_month_may_go(text: str) -> None:
    assert f"{month_named(text, NOW):%Y-%m}" == text


@pytest.mark.parametrize("text", ["2026-03", "2026-04", "2027-01"])
def test_this_month_and_the_last_one_stay(text: str) -> None:
    with pytest.raises(Refused) as refusal:
        month_named(text, NOW)
    assert "2026-02" in refusal.value.fix


@pytest.mark.parametrize("text", ["", "2026", "2026-13", "2026-01-01", "august"])
def test_what_is_no_month_is_refused(text: str) -> None:
    with pytest.raises(Refused, match="is not a month"):
        month_named(text, NOW)


def test_months_go_that_end_before_and_the_rest_only_when_all_of_it_does() -> None:
    months = [date(2026, 1, 1), date(2026, 2, 1), None]
    found = [Partition(str(month), month, 1, 1, 1) for month in months]
    assert droppable(found, date(2026, 2, 1)) == found[:1]


async def test_a_dropped_month_is_gone(fresh_database: Callable[..., str]) -> None:
    url = fresh_database("payload_months")
    await prepare(url)
    store = PostgresEventStore(url, pool_size=1)
    store.commit(batch_of("execution-1", ["x" * 40_000], at=OLD))
    store.close()
    old = droppable(await payload_months.read(url), date(2020, 2, 1))
    assert [one.payloads for one in old] == [1]
    await payload_months.dropped(url, old)
    async with await psycopg.AsyncConnection.connect(url) as conn:
        assert sum(one.payloads for one in await usage(conn)) == 0
