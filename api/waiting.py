"""Why a queued run waits, as it is read."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class WaitingRow:
    """At most `limit` runs may be under way at `scope`: tenant, partner or platform.

    `running`: now, at the tenant; when it was queued, elsewhere. `ahead`: runs of its tenant before it.
    """

    scope: str
    limit: int
    running: int
    ahead: int
