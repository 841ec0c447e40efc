from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends

from api.bodies import json_body
from api.deps import CurrentScope, Parts, caught_up, current_actor, may
from api.models.common import Done
from api.models.wallets import PaymentModeBody, TopUp, TopUpBody, Wallet
from api.routes.corrections import done
from api.routes.tenancy import visible_tenant
from api.rows.billing import WalletRow
from api.signing_in.proving import proven
from api.submit import AttemptDep, KeyedAttemptDep
from schemas.access import Permission
from schemas.billing.wallets import SetPaymentMode, TopUpWallet

router = APIRouter(prefix="/wallets", tags=["billing"], dependencies=[Depends(current_actor)])


@router.get(
    "/{tenant_id}",
    response_model=Wallet,
    dependencies=[may(Permission.LEDGER_READ), caught_up("wallets")],
    summary="Look at a tenant's prepaid credit",
)
async def get_wallet(parts: Parts, scope: CurrentScope, tenant_id: UUID) -> Wallet:
    tenant = await visible_tenant(parts, scope, tenant_id)
    return wallet(await parts.reads.wallet(scope, tenant.id))


@router.post(
    "/{tenant_id}/top-ups",
    status_code=201,
    response_model=Done,
    dependencies=[may(Permission.WALLETS_TOP_UP), proven()],
    summary="Add prepaid credit",
)
async def top_up(
    parts: Parts,
    scope: CurrentScope,
    attempt: KeyedAttemptDep,
    tenant_id: UUID,
    body: Annotated[TopUpBody, json_body(TopUpBody)],
) -> Any:
    tenant = await visible_tenant(parts, scope, tenant_id)
    command = TopUpWallet(
        tenant_id=tenant.id,
        top_up_id=attempt.new_id("top-up"),
        amount=body.amount_usd,
        expires_at=body.expires_at,
    )
    return await done(attempt, tenant, command, command.top_up_id)


@router.put(
    "/{tenant_id}/mode",
    response_model=Done,
    dependencies=[may(Permission.WALLETS_TOP_UP)],
    summary="Say whether a tenant pays in advance or later",
)
async def set_payment_mode(
    parts: Parts,
    scope: CurrentScope,
    attempt: AttemptDep,
    tenant_id: UUID,
    body: Annotated[PaymentModeBody, json_body(PaymentModeBody)],
) -> Any:
    tenant = await visible_tenant(parts, scope, tenant_id)
    return await done(attempt, tenant, SetPaymentMode(tenant_id=tenant.id, mode=body.mode), tenant.id)


def wallet(row: WalletRow) -> Wallet:
    return Wallet(
        tenant_id=row.tenant_id,
        mode=row.mode,
        balance=row.balance,
        held=row.held,
        available=row.balance - row.held,
        top_ups=[
            TopUp(
                id=found.id,
                amount=found.amount,
                source=found.source,
                expires_at=found.expires_at,
                created_at=found.created_at,
            )
            for found in row.top_ups
        ],
    )
