"""What a month will come to if it goes on as it began."""

from calendar import monthrange
from datetime import UTC, datetime, timedelta
from decimal import Decimal

PLACES = Decimal("1E-12")


def forecast(posted: Decimal, period: str, now: datetime) -> Decimal:
    """Linear on the month so far; a month that is over comes to what was posted, one to come to nothing."""
    year, month = map(int, period.split("-"))
    begin = datetime(year, month, 1, tzinfo=UTC)
    length = timedelta(days=monthrange(year, month)[1])
    elapsed = min(max(now - begin, timedelta(0)), length)
    if not elapsed:
        return Decimal(0)
    share = Decimal(length // timedelta(seconds=1)) / Decimal(elapsed.total_seconds())
    return (posted * share).quantize(PLACES)
