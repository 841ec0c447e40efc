"""What happens when, of payments and dunning."""

from contexts.billing import collecting, dunning, looking, receiving, refunding
from contexts.billing import payment_policies as policies
from contexts.billing.dunning import DUNNING
from contexts.billing.dunning_schedule import DUNNING_SCHEDULE, set_schedule
from contexts.billing.effects.attach_method import attach_method
from contexts.billing.effects.collect import collect, look, prepare
from contexts.billing.effects.refund import refund
from contexts.billing.payment import PAYMENT
from contexts.billing.payment_account import PAYMENT_ACCOUNT, confirm_method, refuse_method, set_method
from contexts.kernel import Effect, Handler, Policy
from schemas.access import Permission
from schemas.billing import dunning as d
from schemas.billing import payment_accounts as a
from schemas.billing import payments as p
from schemas.billing.invoices import CreditNoteIssued, InvoiceIssued

HANDLERS = (
    Handler(a.SetPaymentMethod, PAYMENT_ACCOUNT, set_method, Permission.PAYMENTS_METHOD),
    Handler(a.ConfirmPaymentMethod, PAYMENT_ACCOUNT, confirm_method, Permission.INTERNAL),
    Handler(a.RefusePaymentMethod, PAYMENT_ACCOUNT, refuse_method, Permission.INTERNAL),
    Handler(p.RequestPayment, PAYMENT, collecting.request, Permission.INTERNAL),
    Handler(p.AttemptPayment, PAYMENT, collecting.attempt, Permission.PAYMENTS_COLLECT),
    Handler(p.RecordPrepared, PAYMENT, collecting.record_prepared, Permission.INTERNAL),
    Handler(p.RecordOutcome, PAYMENT, collecting.record_outcome, Permission.INTERNAL),
    Handler(p.CheckPayment, PAYMENT, collecting.check, Permission.INTERNAL),
    Handler(p.LookAtPayment, PAYMENT, looking.look, Permission.PAYMENTS_RECORD),
    Handler(p.RecordReceipt, PAYMENT, receiving.record_receipt, Permission.PAYMENTS_RECORD),
    Handler(p.ReducePayment, PAYMENT, receiving.reduce, Permission.PAYMENTS_RECORD),
    Handler(p.CancelPayment, PAYMENT, receiving.cancel, Permission.PAYMENTS_RECORD),
    Handler(p.WriteOffPayment, PAYMENT, receiving.write_off, Permission.PAYMENTS_RECORD),
    Handler(p.RefundPayment, PAYMENT, refunding.refund, Permission.PAYMENTS_REFUND),
    Handler(p.RecordRefund, PAYMENT, refunding.record_refund, Permission.INTERNAL),
    Handler(p.CheckRefund, PAYMENT, refunding.check_refund, Permission.INTERNAL),
    Handler(d.SetDunningSchedule, DUNNING_SCHEDULE, set_schedule, Permission.DUNNING_SET),
    Handler(d.BeginDunning, DUNNING, dunning.begin, Permission.INTERNAL),
    Handler(d.TakeDunningStep, DUNNING, dunning.take_step, Permission.INTERNAL),
    Handler(d.RetryUnpaid, DUNNING, dunning.retry_unpaid, Permission.INTERNAL),
    Handler(d.SettleDunning, DUNNING, dunning.settle, Permission.INTERNAL),
    Handler(d.ExemptFromDunning, DUNNING, dunning.exempt, Permission.DUNNING_SET),
    Handler(d.EndDunningExemption, DUNNING, dunning.end_exemption, Permission.DUNNING_SET),
)

POLICIES = (
    Policy("billing.when_invoice_issued", InvoiceIssued, policies.when_invoice_issued),
    Policy("billing.when_credit_note_issued", CreditNoteIssued, policies.when_credit_note_issued),
    Policy("billing.when_payment_failed", p.PaymentFailed, policies.when_payment_failed),
    Policy("billing.when_payment_overdue", p.PaymentOverdue, policies.when_payment_overdue),
    Policy("billing.when_payment_succeeded", p.PaymentSucceeded, policies.when_payment_succeeded),
    Policy("billing.when_payment_cancelled", p.PaymentCancelled, policies.when_payment_cancelled),
    Policy("billing.when_payment_written_off", p.PaymentWrittenOff, policies.when_payment_written_off),
    Policy("billing.when_dunning_step_taken", d.DunningStepTaken, policies.when_dunning_step_taken),
    Policy("billing.when_dunning_retried", d.DunningRetried, policies.when_dunning_retried),
    Policy("billing.when_payment_account_set", a.PaymentAccountSet, policies.when_payment_account_set),
)

EFFECTS = (
    Effect("billing.attach_method", a.PaymentMethodOffered, attach_method),
    Effect("billing.prepare_payment", p.AttemptBegun, prepare),
    Effect("billing.collect", p.PaymentPrepared, collect),
    Effect("billing.look_at_payment", p.PaymentLookedFor, look),
    Effect("billing.refund", p.RefundRequested, refund),
    Effect("billing.look_at_refund", p.RefundLookedFor, refund),
)
