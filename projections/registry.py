"""Every projection, on one page."""

from projections.agents.project import PROJECTION as AGENTS
from projections.approvals.project import PROJECTION as APPROVALS
from projections.budgets.project import PROJECTION as BUDGETS
from projections.dunning.project import PROJECTION as DUNNING
from projections.erasing import with_content
from projections.executions.project import PROJECTION as EXECUTIONS
from projections.holds.project import PROJECTION as HOLDS
from projections.impersonations.project import PROJECTION as IMPERSONATIONS
from projections.invitations.project import PROJECTION as INVITATIONS
from projections.invoices.project import PROJECTION as INVOICES
from projections.kernel import Projection
from projections.ledger_entries.project import PROJECTION as LEDGER_ENTRIES
from projections.members.project import PROJECTION as MEMBERS
from projections.month_totals.project import PROJECTION as MONTH_TOTALS
from projections.partners.project import PROJECTION as PARTNERS
from projections.payment_accounts.project import PROJECTION as PAYMENT_ACCOUNTS
from projections.payments.project import PROJECTION as PAYMENTS
from projections.periods.project import PROJECTION as PERIODS
from projections.rate_cards.project import PROJECTION as RATE_CARDS
from projections.run_queue.project import PROJECTION as RUN_QUEUE
from projections.secrets.project import PROJECTION as SECRETS
from projections.services.project import PROJECTION as SERVICES
from projections.standing.project import PROJECTION as STANDING
from projections.tenants.project import PROJECTION as TENANTS
from projections.timers.project import PROJECTION as TIMERS
from projections.tools.project import PROJECTION as TOOLS
from projections.triggers.project import PROJECTION as TRIGGERS
from projections.users.project import PROJECTION as USERS
from projections.wallets.project import PROJECTION as WALLETS
from projections.workflows.project import PROJECTION as WORKFLOWS

PROJECTIONS: tuple[Projection, ...] = (
    PARTNERS,
    TENANTS,
    USERS,
    MEMBERS,
    STANDING,
    INVITATIONS,
    SERVICES,
    IMPERSONATIONS,
    with_content(AGENTS),
    with_content(WORKFLOWS),
    with_content(TRIGGERS),
    with_content(TOOLS),
    with_content(SECRETS),
    with_content(EXECUTIONS),
    with_content(APPROVALS),
    with_content(RUN_QUEUE),
    TIMERS,
    RATE_CARDS,
    HOLDS,
    LEDGER_ENTRIES,
    BUDGETS,
    WALLETS,
    PERIODS,
    MONTH_TOTALS,
    INVOICES,
    PAYMENT_ACCOUNTS,
    PAYMENTS,
    DUNNING,
)
