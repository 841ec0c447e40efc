"""Asks the provider whether it takes a payment method."""

from contexts.billing.effects.collect import NOT_SET_UP
from contexts.billing.payment_ports import PaymentPorts
from schemas.base import Command
from schemas.billing.payment_accounts import ConfirmPaymentMethod, PaymentMethodOffered, RefusePaymentMethod
from schemas.billing.payment_errors import PaymentMethodError, ProviderUnavailable
from schemas.envelope import Recorded

UNAVAILABLE = "payment.provider_unavailable"


async def attach_method(
    event: PaymentMethodOffered, recorded: Recorded, ports: PaymentPorts
) -> list[Command]:
    provider = ports.providers.get(event.provider)
    if provider is None:
        return [refused(event, NOT_SET_UP, f"{event.provider} is not set up on this platform")]
    try:
        customer = await provider.attach(event.tenant_id, event.customer, event.method)
    except PaymentMethodError as error:
        return [refused(event, error.code, error.message)]
    except ProviderUnavailable:
        return [refused(event, UNAVAILABLE, "the provider did not answer: try again later")]
    return [ConfirmPaymentMethod(tenant_id=event.tenant_id, customer=customer, method=event.method)]


def refused(event: PaymentMethodOffered, code: str, message: str) -> RefusePaymentMethod:
    return RefusePaymentMethod(tenant_id=event.tenant_id, method=event.method, code=code, message=message)
