"""How a tenant pays: by whom its money is collected, and from which payment method. Never card data."""

from typing import Annotated, Literal

from pydantic import StringConstraints

from schemas.base import Command, Event, TenantId

ProviderName = Literal["stripe", "manual"]
"""`manual`: the tenant transfers the money and an operator records what arrived."""

MethodId = Annotated[str, StringConstraints(pattern=r"^pm_[A-Za-z0-9_]{1,120}$")]
"""The provider's name for a card or bank account that the tenant gave to the provider itself."""

ACCOUNT = "payment_account-{0.tenant_id}"


class SetPaymentMethod(Command, type_name="billing.payment_account.set_method", stream=ACCOUNT):
    """`method` is for providers that collect by themselves."""

    tenant_id: TenantId
    provider: ProviderName
    method: MethodId | None = None


class ConfirmPaymentMethod(Command, type_name="billing.payment_account.confirm_method", stream=ACCOUNT):
    tenant_id: TenantId
    customer: str
    method: str


class RefusePaymentMethod(Command, type_name="billing.payment_account.refuse_method", stream=ACCOUNT):
    tenant_id: TenantId
    method: str
    code: str
    message: str


class PaymentMethodOffered(Event, type_name="billing.payment_account.method_offered"):
    """The provider is asked whether it takes this one. `customer`: who the tenant is there, if known."""

    tenant_id: TenantId
    provider: ProviderName
    customer: str | None
    method: str


class PaymentAccountSet(Event, type_name="billing.payment_account.set"):
    tenant_id: TenantId
    provider: ProviderName
    customer: str | None = None
    method: str | None = None


class PaymentMethodRefused(Event, type_name="billing.payment_account.method_refused"):
    """What was in use before stays in use."""

    tenant_id: TenantId
    method: str
    code: str
    message: str
