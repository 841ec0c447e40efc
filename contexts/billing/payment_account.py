"""How a tenant pays. A payment method counts when the provider took it; until then the old one does."""

from dataclasses import dataclass, replace

from contexts.billing.payment_refusals import MethodMissing
from contexts.kernel import Aggregate, Context
from schemas.billing.payment_accounts import (
    ConfirmPaymentMethod,
    PaymentAccountSet,
    PaymentMethodOffered,
    PaymentMethodRefused,
    ProviderName,
    RefusePaymentMethod,
    SetPaymentMethod,
)

AccountEvent = PaymentMethodOffered | PaymentAccountSet | PaymentMethodRefused


@dataclass(frozen=True)
class PaymentAccount:
    """`customer`: who the tenant is at the provider. `offered`: a method the provider is asked about."""

    provider: ProviderName = "manual"
    customer: str | None = None
    method: str | None = None
    offered: str | None = None


EMPTY = PaymentAccount()


def set_method(
    state: PaymentAccount | None, command: SetPaymentMethod, ctx: Context
) -> list[PaymentAccountSet | PaymentMethodOffered]:
    account = state or EMPTY
    if command.provider == "manual":
        return by_hand(state, command)
    if command.method is None:
        raise MethodMissing(f"{command.provider} needs the name it gave the payment method")
    if command.method in (account.method, account.offered):
        return []
    return [
        PaymentMethodOffered(
            tenant_id=command.tenant_id,
            provider=command.provider,
            customer=account.customer,
            method=command.method,
        )
    ]


def by_hand(
    state: PaymentAccount | None, command: SetPaymentMethod
) -> list[PaymentAccountSet | PaymentMethodOffered]:
    """The customer is kept: a tenant that comes back to its provider is the same one there."""
    if state and state.provider == "manual" and state.offered is None:
        return []
    customer = state.customer if state else None
    return [PaymentAccountSet(tenant_id=command.tenant_id, provider="manual", customer=customer)]


def confirm_method(
    state: PaymentAccount | None, command: ConfirmPaymentMethod, ctx: Context
) -> list[PaymentAccountSet]:
    """Another one may have been offered meanwhile: that one's answer counts."""
    if state is None or state.offered != command.method:
        return []
    return [
        PaymentAccountSet(
            tenant_id=command.tenant_id, provider="stripe", customer=command.customer, method=command.method
        )
    ]


def refuse_method(
    state: PaymentAccount | None, command: RefusePaymentMethod, ctx: Context
) -> list[PaymentMethodRefused]:
    if state is None or state.offered != command.method:
        return []
    return [PaymentMethodRefused(**dict(command))]


def evolve(state: PaymentAccount | None, event: AccountEvent) -> PaymentAccount:
    account = state or EMPTY
    match event:
        case PaymentMethodOffered():
            return replace(account, offered=event.method)
        case PaymentMethodRefused():
            return replace(account, offered=None)
    return PaymentAccount(event.provider, event.customer, event.method)


PAYMENT_ACCOUNT = Aggregate("payment_account", PaymentAccount, evolve)
