"""When the provider is asked about something it has not told us the end of: soon, then less often."""

from datetime import datetime, timedelta

PAUSES = tuple(timedelta(minutes=minutes) for minutes in (5, 20, 80, 320, 1440))
MOST_LOOKS = 20
"""Bank debits may be under way for two weeks."""

OUTCOME_UNKNOWN = "payment.outcome_unknown"


def next_look(now: datetime, looks: int) -> datetime:
    """The last pause goes on."""
    return now + PAUSES[min(looks, len(PAUSES) - 1)]
