from collections.abc import Iterable

from bus.facts.reading import Facts, Read
from contexts.billing.dunning_schedule import steps_in_force
from contexts.billing.payment import ENDED, Payment
from contexts.billing.payment_account import PaymentAccount
from contexts.billing.payment_facts import DunningFacts, PaymentMethod
from schemas.base import Command
from schemas.billing.dunning import BeginDunning
from schemas.billing.payments import AttemptPayment, RequestPayment
from schemas.envelope import Envelope


def account(command: RequestPayment | AttemptPayment, state: object, envelope: Envelope) -> Iterable[str]:
    return (f"payment_account-{command.tenant_id}",)


def collecting(
    command: RequestPayment | AttemptPayment, state: object, envelope: Envelope, read: Read
) -> PaymentMethod | None:
    account: PaymentAccount | None = read(f"payment_account-{command.tenant_id}")
    if account is None or account.customer is None or account.method is None:
        return None
    return PaymentMethod(account.provider, account.customer, account.method)


def payment_and_schedule(command: BeginDunning, state: object, envelope: Envelope) -> Iterable[str]:
    return f"payment-{command.invoice_id}", f"dunning_schedule-{envelope.partner_id}"


def dunning(command: BeginDunning, state: object, envelope: Envelope, read: Read) -> DunningFacts:
    payment: Payment | None = read(f"payment-{command.invoice_id}")
    unpaid = payment is not None and payment.status not in ENDED
    return DunningFacts(steps_in_force(read(f"dunning_schedule-{envelope.partner_id}")), unpaid)


FACTS: dict[type[Command], Facts] = {
    RequestPayment: Facts(account, collecting),
    AttemptPayment: Facts(account, collecting),
    BeginDunning: Facts(payment_and_schedule, dunning),
}
