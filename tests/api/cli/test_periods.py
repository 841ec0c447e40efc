from datetime import UTC, datetime

import pytest

from api.cli.errors import Refused
from api.cli.period_closing import end_of


def test_a_month_ends_where_the_next_begins() -> None:
    assert end_of("2026-11") == datetime(2026, 12, 1, tzinfo=UTC)
    assert end_of("2026-12") == datetime(2027, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize("text", ["", "2026", "2026-13", "November"])
def test_what_is_no_month_is_refused(text: str) -> None:
    with pytest.raises(Refused):
        end_of(text)
