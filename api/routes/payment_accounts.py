from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends

from api.bodies import json_body
from api.deps import CurrentScope, Parts, caught_up, current_actor, may
from api.models.common import Done
from api.models.payments import PaymentAccount, PaymentMethodBody
from api.routes.tenancy import visible_tenant
from api.signing_in.proving import proven
from api.submit import AttemptDep
from schemas.access import Permission
from schemas.billing.payment_accounts import SetPaymentMethod

router = APIRouter(prefix="/tenants", tags=["payments"], dependencies=[Depends(current_actor)])


@router.get(
    "/{tenant_id}/payment-account",
    response_model=PaymentAccount,
    dependencies=[may(Permission.PAYMENTS_READ), caught_up("tenants", "payment_accounts")],
    summary="See how a tenant pays",
)
async def get_payment_account(parts: Parts, scope: CurrentScope, tenant_id: UUID) -> PaymentAccount:
    tenant = await visible_tenant(parts, scope, tenant_id)
    row = await parts.reads.payment_account(scope, tenant.id)
    return PaymentAccount.model_validate(row, from_attributes=True)


@router.put(
    "/{tenant_id}/payment-account",
    response_model=Done,
    dependencies=[may(Permission.PAYMENTS_METHOD), proven()],
    summary="Say how a tenant pays",
)
async def set_payment_method(
    parts: Parts,
    scope: CurrentScope,
    attempt: AttemptDep,
    tenant_id: UUID,
    body: Annotated[PaymentMethodBody, json_body(PaymentMethodBody)],
) -> Any:
    tenant = await visible_tenant(parts, scope, tenant_id)
    command = SetPaymentMethod(tenant_id=tenant.id, **dict(body))
    answer = await attempt.send(command, tenant.id, tenant.partner_id)
    if answer is None:
        return attempt.pending(id=tenant.id)
    return Done(id=tenant.id, position=answer.position)
