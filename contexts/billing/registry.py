from contexts.billing import credit_note, document_policies, invoice, issuer, policies, tax_profile, tax_rates
from contexts.billing import payment_registry as payments
from contexts.billing.authorizing import authorize
from contexts.billing.carryover import CARRYOVER
from contexts.billing.closing import close
from contexts.billing.correcting import adjust, reverse
from contexts.billing.effects.draw_up_invoice import draw_up_invoice
from contexts.billing.effects.make_document import make_credit_note, make_invoice
from contexts.billing.ledger import LEDGER
from contexts.billing.partner_budget import PARTNER_BUDGET, set_limit
from contexts.billing.rate_card import (
    RATE_CARD,
    set_partner_terms,
    set_system_rate,
    withdraw_partner_terms,
    withdraw_system_rate,
)
from contexts.billing.settling import mark_unknown, release, resolve_hold, settle
from contexts.billing.topping_up import expire_credit, set_payment_mode, top_up
from contexts.billing.wallet import WALLET
from contexts.kernel import Effect, Handler, Policy, Registry
from schemas.access import Permission
from schemas.billing import invoices as i
from schemas.billing.commands import (
    AuthorizeCall,
    MarkCallUnknown,
    ReleaseCall,
    ResolveHold,
    SetPartnerTerms,
    SetSystemRate,
    SettleCall,
    WithdrawPartnerTerms,
    WithdrawSystemRate,
)
from schemas.billing.corrections import ClosePeriod, PeriodClosed, PostAdjustment, ReverseEntry
from schemas.billing.issuers import OpenIssuer, SetIssuer
from schemas.billing.partner_budgets import SetPartnerBudget
from schemas.billing.taxes import SetTaxProfile, SetTaxRate
from schemas.billing.wallets import ExpireCredit, SetPaymentMode, TopUpWallet
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
        Handler(WithdrawSystemRate, RATE_CARD, withdraw_system_rate, Permission.RATES_SET),
        Handler(SetPartnerTerms, RATE_CARD, set_partner_terms, Permission.RATES_SET),
        Handler(WithdrawPartnerTerms, RATE_CARD, withdraw_partner_terms, Permission.RATES_SET),
        Handler(AuthorizeCall, LEDGER, authorize, Permission.INTERNAL),
        Handler(SettleCall, LEDGER, settle, Permission.INTERNAL),
        Handler(ReleaseCall, LEDGER, release, Permission.INTERNAL),
        Handler(MarkCallUnknown, LEDGER, mark_unknown, Permission.INTERNAL),
        Handler(ResolveHold, LEDGER, resolve_hold, Permission.INTERNAL),
        Handler(ReverseEntry, LEDGER, reverse, Permission.LEDGER_CORRECT),
        Handler(PostAdjustment, LEDGER, adjust, Permission.LEDGER_CORRECT),
        Handler(ClosePeriod, LEDGER, close, Permission.PERIODS_CLOSE),
        Handler(SetPartnerBudget, PARTNER_BUDGET, set_limit, Permission.PARTNERS_LIMIT),
        Handler(SetPaymentMode, WALLET, set_payment_mode, Permission.WALLETS_TOP_UP),
        Handler(TopUpWallet, WALLET, top_up, Permission.WALLETS_TOP_UP),
        Handler(ExpireCredit, WALLET, expire_credit, Permission.INTERNAL),
        Handler(OpenIssuer, issuer.ISSUER, issuer.open_issuer, Permission.INTERNAL),
        Handler(SetIssuer, issuer.ISSUER, issuer.set_issuer, Permission.INVOICES_ISSUE),
        Handler(SetTaxRate, tax_rates.TAX_RATES, tax_rates.set_rate, Permission.TAXES_SET),
        Handler(SetTaxProfile, tax_profile.TAX_PROFILE, tax_profile.set_profile, Permission.INVOICES_ISSUE),
        Handler(i.RequestInvoice, invoice.INVOICE, invoice.request, Permission.INTERNAL),
        Handler(i.RetryInvoice, invoice.INVOICE, invoice.retry, Permission.INVOICES_ISSUE),
        Handler(i.DrawUpInvoice, invoice.INVOICE, invoice.draw_up, Permission.INTERNAL, (CARRYOVER,)),
        Handler(i.IssueInvoice, invoice.INVOICE, invoice.issue, Permission.INTERNAL),
        Handler(i.CreditInvoice, invoice.INVOICE, credit_note.credit, Permission.INVOICES_ISSUE),
        Handler(i.IssueCreditNote, invoice.INVOICE, credit_note.issue_credit_note, Permission.INTERNAL),
    ),
    policies=(
        *payments.POLICIES,
        Policy("billing.when_partner_created", PartnerCreated, policies.when_partner_created),
        Policy("billing.when_call_requested", CallRequested, policies.when_call_requested),
        Policy("billing.when_execution_failed", ExecutionFailed, policies.when_execution_failed),
        Policy("billing.when_execution_cancelled", ExecutionCancelled, policies.when_execution_cancelled),
        Policy("billing.when_item_failed", ItemFailed, policies.when_item_failed),
        Policy("billing.when_step_failed", StepFailed, policies.when_step_failed),
        Policy("billing.when_period_closed", PeriodClosed, document_policies.when_period_closed),
    ),
    effects=(
        *payments.EFFECTS,
        Effect("billing.draw_up_invoice", i.InvoiceRequested, draw_up_invoice),
        Effect("billing.make_invoice", i.InvoiceNumbered, make_invoice),
        Effect("billing.make_credit_note", i.CreditNoteNumbered, make_credit_note),
    ),
)
