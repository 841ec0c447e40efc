import csv
import io
import json
from datetime import UTC, datetime
from decimal import Decimal
from hashlib import sha256
from typing import Any

import pytest

from infra.exports.parquet import MAGIC, Parquet
from infra.exports.table import Column, Row, Writer
from infra.exports.text import Csv, Json

COLUMNS = (Column("ref"), Column("calls", "count"), Column("price", "amount"), Column("at", "time"))
AT = datetime(2026, 9, 15, 12, 0, 0, 250_000, tzinfo=UTC)
ROWS: list[Row] = [
    ("ledger-1@1", 3, Decimal("0.000051000000"), AT),
    ('a "quoted", naïve\nname', -1, Decimal("-12.5"), AT),
    ("=1+1", 2**40, Decimal("99999999999999.999999999999"), AT),
]
PINNED = "0119801f3960d721d0e7e10260b2c376b0a35829291c92637dc953a3b8c4b157"
"""Of a file that pyarrow and DuckDB read back value by value."""


def whole(writer: Writer, *pages: list[Row]) -> bytes:
    return writer.begin() + b"".join(writer.rows(page) for page in pages) + writer.end()


def test_csv_can_be_read_back_and_runs_nothing() -> None:
    found = list(csv.reader(io.StringIO(whole(Csv(COLUMNS), ROWS).decode())))
    assert found[0] == ["ref", "calls", "price", "at"]
    assert found[1] == ["ledger-1@1", "3", "0.000051000000", "2026-09-15T12:00:00.250000+00:00"]
    assert found[2][0] == 'a "quoted", naïve\nname'
    assert found[2][2] == "-12.5"
    assert found[3][0] == "'=1+1"


def test_json_keeps_every_digit() -> None:
    found: list[dict[str, Any]] = json.loads(whole(Json(COLUMNS), ROWS[:2], ROWS[2:]))
    assert [row["price"] for row in found] == ["0.000051000000", "-12.5", "99999999999999.999999999999"]
    assert json.loads(whole(Json(COLUMNS))) == []


def test_parquet_is_the_file_that_others_read() -> None:
    assert sha256(whole(Parquet(COLUMNS), ROWS[:2], ROWS[2:])).hexdigest() == PINNED


def test_a_parquet_file_of_nothing_has_its_columns() -> None:
    content = whole(Parquet(COLUMNS), [])
    assert content.startswith(MAGIC)
    assert content.endswith(MAGIC)
    assert all(column.name.encode() in content for column in COLUMNS)


@pytest.mark.parametrize("writer", [Csv, Json])
def test_how_it_is_paged_does_not_matter(writer: type[Csv] | type[Json]) -> None:
    assert whole(writer(COLUMNS), ROWS) == whole(writer(COLUMNS), ROWS[:1], [], ROWS[1:])
