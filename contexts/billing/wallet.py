"""What is left of what a tenant paid in advance, and how much of that calls have reserved.

`balance` is what is there, `held` the part that open calls may take. Blocks stand in the order they are
used: what expires soonest first.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from functools import reduce
from uuid import UUID

from contexts.billing.postings import expiry
from contexts.kernel import Aggregate
from schemas.base import TenantId
from schemas.billing.wallets import (
    CreditCharged,
    CreditExpired,
    CreditReleased,
    CreditReserved,
    CreditReturned,
    PaymentMode,
    PaymentModeSet,
    WalletToppedUp,
)

WalletEvent = (
    PaymentModeSet
    | WalletToppedUp
    | CreditReserved
    | CreditCharged
    | CreditReleased
    | CreditReturned
    | CreditExpired
)

NEVER = datetime.max.replace(tzinfo=UTC)
NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True)
class Block:
    """What is left of one top-up. `id` is None for credit that was returned."""

    id: UUID | None
    left: Decimal
    expires_at: datetime


@dataclass(frozen=True)
class Wallet:
    mode: PaymentMode = "postpaid"
    blocks: tuple[Block, ...] = ()
    balance: Decimal = NOTHING
    held: Decimal = NOTHING

    @property
    def available(self) -> Decimal:
        return self.balance - self.held


EMPTY = Wallet()


def expiries(wallet: Wallet, tenant_id: TenantId, now: datetime) -> list[CreditExpired]:
    """What is held stays until it is charged or released, whenever its block expires."""
    found, spare = [], wallet.available
    for block in wallet.blocks:
        amount = min(block.left, spare)
        if block.expires_at > now or not amount or block.id is None:
            break
        legs = expiry(tenant_id, amount)
        found.append(CreditExpired(tenant_id=tenant_id, top_up_id=block.id, amount=amount, postings=legs))
        spare -= amount
    return found


def after(wallet: Wallet, events: Iterable[WalletEvent]) -> Wallet:
    return reduce(evolve, events, wallet)


def evolve(state: Wallet | None, event: WalletEvent) -> Wallet:
    wallet = state or EMPTY
    match event:
        case PaymentModeSet():
            return replace(wallet, mode=event.mode)
        case WalletToppedUp():
            return added(wallet, Block(event.top_up_id, event.amount, event.expires_at or NEVER))
        case CreditReserved():
            return replace(wallet, held=wallet.held + event.amount)
        case CreditCharged():
            used = taken(wallet, event.amount)
            return replace(used, held=wallet.held - event.hold)
        case CreditReleased():
            return replace(wallet, held=wallet.held - event.hold)
        case CreditReturned():
            return added(wallet, Block(None, event.amount, NEVER))
        case CreditExpired():
            return taken(wallet, event.amount)
    return wallet


def added(wallet: Wallet, block: Block) -> Wallet:
    """Returned credit is one block, however often."""
    others = tuple(known for known in wallet.blocks if known.id != block.id)
    known = sum((known.left for known in wallet.blocks if known.id == block.id), NOTHING)
    blocks = sorted((*others, replace(block, left=block.left + known)), key=lambda one: one.expires_at)
    return replace(wallet, blocks=tuple(blocks), balance=wallet.balance + block.left)


def taken(wallet: Wallet, amount: Decimal) -> Wallet:
    """From the front. What has expired stands there, so an expiry takes it as a charge does."""
    left, blocks = amount, list(wallet.blocks)
    while left:
        part = min(left, blocks[0].left)
        left -= part
        blocks[0] = replace(blocks[0], left=blocks[0].left - part)
        if not blocks[0].left:
            blocks.pop(0)
    return replace(wallet, blocks=tuple(blocks), balance=wallet.balance - amount)


WALLET = Aggregate("wallet", Wallet, evolve, snapshot_every=500)
