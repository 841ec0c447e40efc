from collections.abc import Mapping
from typing import Protocol

from schemas.base import TenantId
from schemas.billing.payment_accounts import ProviderName
from schemas.billing.payment_types import Charge, Outcome, Repayment


class PaymentProvider(Protocol):
    """Every function may raise ProviderUnavailable. None retries by itself."""

    async def attach(self, tenant_id: TenantId, customer: str | None, method: str) -> str:
        """Makes it the tenant's; returns who the tenant is there. Or raises PaymentMethodError."""
        ...

    async def prepare(self, charge: Charge) -> str | Outcome:
        """Makes the attempt known there and moves no money: its reference, or why it does not take it."""
        ...

    async def read(self, reference: str) -> Outcome | None:
        """What became of it; None when it was not confirmed yet."""
        ...

    async def confirm(self, reference: str) -> Outcome:
        """Moves the money, once for each reference, however often it is asked to."""
        ...

    async def refund(self, repayment: Repayment) -> Outcome:
        """Once for each key, however often it is asked to; what is under way is looked at again."""
        ...


class PaymentPorts(Protocol):
    @property
    def providers(self) -> Mapping[ProviderName, PaymentProvider]:
        """One that is not set up here is absent."""
        ...
