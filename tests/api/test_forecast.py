from datetime import UTC, datetime
from decimal import Decimal

import pytest

from api.forecast import forecast


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (datetime(2026, 11, 1, tzinfo=UTC), "0"),
        (datetime(2026, 11, 16, tzinfo=UTC), "20"),
        (datetime(2026, 11, 25, tzinfo=UTC), "12.5"),
        (datetime(2026, 12, 9, tzinfo=UTC), "10"),
        (datetime(2026, 10, 9, tzinfo=UTC), "0"),
    ],
)
def test_a_month_goes_on_as_it_began(now: datetime, expected: str) -> None:
    assert forecast(Decimal(10), "2026-11", now) == Decimal(expected)
