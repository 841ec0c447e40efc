from contexts.billing import payment_registry as payments
from contexts.billing import policies
from contexts.billing.ledger import LEDGER, authorize, mark_unknown, release, resolve_hold, settle
from contexts.billing.rate_card import RATE_CARD, set_partner_terms, set_system_rate
from contexts.kernel import Handler, Policy, Registry
from schemas.access import Permission
from schemas.billing.commands import (
    AuthorizeCall,
    MarkCallUnknown,
    ReleaseCall,
    ResolveHold,
    SetPartnerTerms,
    SetSystemRate,
    SettleCall,
)
from schemas.execution.events import (
    CallRequested,
    ExecutionCancelled,
    ExecutionFailed,
    ItemFailed,
    StepFailed,
)
from schemas.tenancy.events import PartnerCreated

REGISTRY = Registry(
    context="billing",
    handlers=(
        *payments.HANDLERS,
        Handler(SetSystemRate, RATE_CARD, set_system_rate, Permission.RATES_SET),
        Handler(SetPartnerTerms, RATE_CARD, set_partner_terms, Permission.INTERNAL),
        Handler(AuthorizeCall, LEDGER, authorize, Permission.INTERNAL),
        Handler(SettleCall, LEDGER, settle, Permission.INTERNAL),
        Handler(ReleaseCall, LEDGER, release, Permission.INTERNAL),
        Handler(MarkCallUnknown, LEDGER, mark_unknown, Permission.INTERNAL),
        Handler(ResolveHold, LEDGER, resolve_hold, Permission.INTERNAL),
    ),
    policies=(
        *payments.POLICIES,
        Policy("billing.when_partner_created", PartnerCreated, policies.when_partner_created),
        Policy("billing.when_call_requested", CallRequested, policies.when_call_requested),
        Policy("billing.when_execution_failed", ExecutionFailed, policies.when_execution_failed),
        Policy("billing.when_execution_cancelled", ExecutionCancelled, policies.when_execution_cancelled),
        Policy("billing.when_item_failed", ItemFailed, policies.when_item_failed),
        Policy("billing.when_step_failed", StepFailed, policies.when_step_failed),
    ),
    effects=payments.EFFECTS,
)
