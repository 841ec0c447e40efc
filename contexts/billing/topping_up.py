"""A tenant pays in advance: credit is added, and is gone when its time is up."""

from contexts.billing.errors import ExpiresInThePast, TooManyTopUps
from contexts.billing.postings import top_up_legs
from contexts.billing.wallet import EMPTY, Wallet, expiries
from contexts.kernel import Context
from schemas.billing.wallets import (
    CreditExpired,
    ExpireCredit,
    PaymentModeSet,
    SetPaymentMode,
    TopUpWallet,
    WalletToppedUp,
)

MAX_BLOCKS = 1_000


def set_payment_mode(state: Wallet | None, command: SetPaymentMode, ctx: Context) -> list[PaymentModeSet]:
    """From the next call on; what is held stays where it is."""
    if (state or EMPTY).mode == command.mode:
        return []
    return [PaymentModeSet(tenant_id=command.tenant_id, mode=command.mode)]


def top_up(state: Wallet | None, command: TopUpWallet, ctx: Context) -> list[WalletToppedUp]:
    wallet = state or EMPTY
    if any(block.id == command.top_up_id for block in wallet.blocks):
        return []
    if command.expires_at and command.expires_at <= ctx.now:
        raise ExpiresInThePast(f"the credit would have expired at {command.expires_at.isoformat()}")
    if len(wallet.blocks) >= MAX_BLOCKS:
        raise TooManyTopUps(f"{MAX_BLOCKS} top-ups are not used up yet")
    legs = top_up_legs(command.source, command.tenant_id, command.amount)
    return [WalletToppedUp(**dict(command), postings=legs)]


def expire_credit(state: Wallet | None, command: ExpireCredit, ctx: Context) -> list[CreditExpired]:
    return expiries(state or EMPTY, command.tenant_id, ctx.now)
