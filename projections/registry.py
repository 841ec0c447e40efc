"""Every projection, on one page."""

from projections.executions.project import PROJECTION as EXECUTIONS
from projections.kernel import Projection
from projections.ledger_entries.project import PROJECTION as LEDGER_ENTRIES

PROJECTIONS: tuple[Projection, ...] = (
    EXECUTIONS,
    LEDGER_ENTRIES,
)
