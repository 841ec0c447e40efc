"""A ledger of many calls, stored, projected and sealed. The seed says which."""

import asyncio
import random
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from types import MappingProxyType
from typing import Any
from uuid import UUID

import psycopg
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bus.sealer import Sealer
from contexts.billing import rating
from contexts.billing.postings import postings
from infra.audit.keys import SealKeys
from infra.audit.notes import Signer
from infra.audit.store import SEGMENT
from infra.db.pools import WORKER, async_pool, options
from infra.eventstore.mapper import recorded
from infra.eventstore.postgres import PostgresEventStore
from infra.eventstore.types import Batch, Row
from projections import feed
from projections.registry import PROJECTIONS
from schemas.base import Event, PartnerId, TenantId
from schemas.billing.events import CallAuthorized, CallReleased, CallSettled, CallWrittenOff, SystemRateSet
from schemas.billing.types import Pricing
from schemas.envelope import Recorded
from schemas.execution.chat import Usage
from schemas.execution.types import CallRef
from tests.support.batches import row
from tests.support.builders import MODEL, NOW, OTHER_PARTNER_ID, PARTNER_ID, TENANT_ID
from tests.support.money import pricing, system_rate

KEYS = SealKeys(
    Signer("tests.example/ledger", Ed25519PrivateKey.from_private_bytes(bytes(range(32)))), b"s" * 32
)
OTHER_TENANT_ID = TenantId(UUID(int=11 << 90))
OWNERS = ((TENANT_ID, PARTNER_ID), (OTHER_TENANT_ID, OTHER_PARTNER_ID))
PAGE = 2_000
NOTHING: Mapping[str, Any] = MappingProxyType({})


def events_of(number: int, dice: random.Random, prices: Pricing) -> tuple[int, list[Event]]:
    """One call of one of two tenants, from its hold to its end, now and then another than settled."""
    owner = dice.randrange(2)
    tenant_id, partner_id = OWNERS[owner]
    at = NOW + timedelta(seconds=number)
    ref = CallRef(execution_id=UUID(int=number + 1), node="answer", attempt=1, requested_at=at)
    opened = CallAuthorized(
        tenant_id=tenant_id, call=ref, model=MODEL, hold=Decimal("0.01"), pricing=prices,
        request_ref=f"execution-{number}@1", expires_at=at + timedelta(minutes=7),
    )  # fmt: skip
    ending = ended(dice, number, tenant_id, partner_id, ref, prices)
    return owner, [opened, ending] if ending else [opened]


def ended(
    dice: random.Random,
    number: int,
    tenant_id: TenantId,
    partner_id: PartnerId,
    ref: CallRef,
    prices: Pricing,
) -> Event | None:
    match number % 50:
        case 7:
            return CallReleased(tenant_id=tenant_id, call=ref, reason="the provider failed", usage=None)
        case 11:
            return CallWrittenOff(tenant_id=tenant_id, call=ref, hold=Decimal("0.01"))
        case 13:
            return None
    return settled(
        tenant_id, partner_id, ref, Usage(input=dice.randrange(5_000), output=dice.randrange(900)), prices
    )


def settled(
    tenant_id: TenantId, partner_id: PartnerId, ref: CallRef, usage: Usage, prices: Pricing
) -> CallSettled:
    charge = rating.charge(usage, prices)
    return CallSettled(
        tenant_id=tenant_id, partner_id=partner_id, call=ref, model=MODEL, usage=usage, pricing=prices,
        cost=charge.cost, price=charge.price, commission=charge.commission,
        postings=postings(MODEL, tenant_id, partner_id, charge), degraded=False,
    )  # fmt: skip


class Calls:
    """Appends calls to a store, in batches as the decider does, beside events that are not of the ledger."""

    def __init__(self, store: PostgresEventStore, seed: int = 1, first: int = 0) -> None:
        self._store, self._dice = store, random.Random(seed)
        self._versions = [first * 2] * 2
        self._rates = 0
        self.number = first

    def set_rate(self) -> None:
        self._rates += 1
        event = SystemRateSet(rate=system_rate())
        self._append([made("rate_card-system", self._rates, event, TenantId(UUID(int=0)), None, NOW)])

    def make(self, count: int, at: datetime = NOW, changed: Mapping[str, Any] = NOTHING) -> None:
        """`changed`: fields of settled entries that are not as they should be."""
        self._append([one for _ in range(count) for one in self._call(at, changed)])

    def _call(self, at: datetime, changed: Mapping[str, Any]) -> list[Row]:
        owner, events = events_of(self.number, self._dice, pricing())
        self.number += 1
        rows = [row(f"tenant-{self.number}", 1)]
        for event in events:
            if isinstance(event, CallSettled):
                event = event.model_copy(update=changed)
            self._versions[owner] += 1
            tenant_id, partner_id = OWNERS[owner]
            stream = f"ledger-{tenant_id}-{NOW:%Y-%m}"
            rows.append(made(stream, self._versions[owner], event, tenant_id, partner_id, at))
        return rows

    def _append(self, rows: list[Row]) -> None:
        for first in range(0, len(rows), PAGE):
            self._store.commit(Batch(NOW, rows=rows[first : first + PAGE]))


def made(
    stream: str, version: int, event: Event, tenant_id: TenantId, partner_id: PartnerId | None, at: datetime
) -> Row:
    return row(
        stream, version, type=event.type_name, type_version=event.type_version,
        data=event.model_dump_json().encode(), recorded_at=at,
        tenant_id=tenant_id, partner_id=partner_id, traceparent="00-ab-cd-01", actor="system:effect",
    )  # fmt: skip


async def projected(url: str, store: PostgresEventStore) -> None:
    """Brings the money projections up to the store."""
    money = [projection for projection in PROJECTIONS if projection.money]

    async def read_after(position: int, limit: int) -> Sequence[Recorded]:
        return [
            recorded(one)
            for one in await asyncio.to_thread(store.after, position, limit)
            if one.type != "tenancy.tenant.activated"
        ]

    async with await psycopg.AsyncConnection.connect(url, options=options(WORKER), autocommit=True) as conn:
        known = 0
        while rows := await asyncio.to_thread(store.after, known, PAGE):
            billing = [recorded(one) for one in rows if one.type.startswith("billing.")]
            if billing:
                await feed.apply(conn, money, billing, 0, read_after)
            known = rows[-1].position


async def seal_all(
    url: str, batch: int = 1_000, segment: int = SEGMENT, keys: SealKeys = KEYS, now: datetime = NOW
) -> int:
    """As a sealer that just started. Returns how many entries it sealed."""
    async with async_pool(url, WORKER, max_size=2) as pool:
        sealer = Sealer(pool, url, lambda: keys, batch, segment, lambda: now)
        await sealer.resume()
        count = 0
        while sealed := await sealer.seal():
            count += sealed
        return count
