"""`hb ledger` and `hb wallets`."""

import asyncio
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4, uuid5

from pydantic import ValidationError

from api.cli.endpoints import find
from api.cli.errors import Refused
from api.cli.look import TICK, out, plain, table
from api.cli.operate import desk
from api.cli.reading import connected
from api.entry_refs import parsed
from infra.settings import Settings
from projections.tenants import queries as tenants
from projections.wallets import queries as wallets
from schemas.base import Command, PartnerId, TenantId
from schemas.billing.corrections import PostAdjustment, ReverseEntry
from schemas.billing.wallets import PaymentMode, SetPaymentMode, TopUpWallet

TOP_UPS = UUID("f2b9f4c5-55d1-4f0e-8a4f-0f3f5d8a7c11")
SEEN = ("ledger_entries", "month_totals", "wallets")


def reverse(settings: Settings, ref: str, reason: str) -> None:
    found = parsed(ref)
    if found is None:
        raise Refused(f"{ref!r} names no entry.", "It looks like ledger-<tenant>-2026-10@12.")
    tenant_id, period, version = found
    given = {"reversal_id": uuid4(), "period": period, "version": version, "reason": reason}
    order(settings, tenant_id, ReverseEntry, given)
    out.print(f"{TICK} {ref} is taken back")


def adjust(settings: Settings, tenant_id: UUID, given: dict[str, Any]) -> None:
    posted = {"adjustment_id": uuid4(), "period": f"{datetime.now(UTC):%Y-%m}", **given}
    order(settings, tenant_id, PostAdjustment, posted)
    out.print(f"{TICK} {plain(given['price'])} US dollars are posted to {tenant_id}")


def top_up(
    settings: Settings, tenant_id: UUID, amount: Decimal, key: str, expires_at: datetime | None
) -> None:
    """The key names the top-up, and a name is given once."""
    given = {"top_up_id": uuid5(TOP_UPS, f"{tenant_id} {key}"), "amount": amount, "expires_at": expires_at}
    order(settings, tenant_id, TopUpWallet, given)
    out.print(f"{TICK} {plain(amount)} US dollars of credit for {tenant_id}")


def set_mode(settings: Settings, tenant_id: UUID, mode: PaymentMode) -> None:
    order(settings, tenant_id, SetPaymentMode, {"mode": mode})
    out.print(f"{TICK} {tenant_id} is {mode}")


def order(settings: Settings, tenant_id: UUID, kind: type[Command], given: dict[str, Any]) -> None:
    try:
        command = kind.model_validate({"tenant_id": tenant_id, **given})
    except ValidationError as error:
        first = error.errors(include_input=False)[0]
        raise Refused(f"{'.'.join(map(str, first['loc']))}: {first['msg']}.", "") from error
    asyncio.run(ordered(settings, tenant_id, command))


async def ordered(settings: Settings, tenant_id: UUID, command: Command) -> None:
    endpoints = find(settings)
    async with connected(endpoints.database_url) as conn:
        tenant = await tenants.get(conn, tenant_id)
    if tenant is None:
        raise Refused(f"there is no tenant {tenant_id}.", "")
    async with desk(endpoints) as at:
        answer = await at.order(command, TenantId(tenant_id), PartnerId(tenant.partner_id))
        await at.seen(answer, *SEEN)


def show_wallet(settings: Settings, tenant_id: UUID) -> None:
    wallet, top_ups = asyncio.run(read(settings, tenant_id))
    if wallet is None:
        out.print("This tenant pays later and has no credit.")
        return
    left = wallet.balance_usd - wallet.held_usd
    out.print(
        f"{wallet.mode}: {plain(wallet.balance_usd)} US dollars, {plain(wallet.held_usd)} of it reserved,"
        f" {plain(left)} available"
    )
    made = table("topped up", "US dollars", "from", "expires", right=("US dollars",))
    for one in top_ups:
        expires = f"{one.expires_at:%Y-%m-%d %H:%M} UTC" if one.expires_at else "never"
        made.add_row(f"{one.created_at:%Y-%m-%d %H:%M} UTC", plain(one.amount_usd), one.source, expires)
    out.print(made)


async def read(settings: Settings, tenant_id: UUID) -> tuple[wallets.Wallet | None, list[wallets.TopUp]]:
    async with connected(find(settings).database_url) as conn:
        return await wallets.get(conn, tenant_id), await wallets.top_ups(conn, tenant_id)
