"""Work that goes on for ever: through outages, not over defects."""

from collections.abc import Awaitable, Callable

import pytest

from bus.repeating import repeatedly


class Defect(Exception):
    pass


def failing_with(*errors: Exception) -> Callable[[], Awaitable[None]]:
    left = list(errors)

    async def look() -> None:
        raise left.pop(0)

    return look


async def test_an_outage_is_waited_out_and_a_defect_ends_it() -> None:
    look = failing_with(ConnectionError("away"), TimeoutError("late"), Defect("wrong"))
    with pytest.raises(Defect):
        await repeatedly(look, 0.0, "test")
