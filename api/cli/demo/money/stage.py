"""Where the story is played: the platform in this process, a clock, two providers, and what is seen of it."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import TypeVar
from uuid import UUID

from psycopg_pool import AsyncConnectionPool
from rich.table import Table

from api.adapters.reads import PostgresReads
from api.adapters.vault import opened_accounts
from api.cli.demo.money.outside import Cards, Models
from api.cli.demo.money.people import Cast, Tenant, cast_of
from api.cli.look import out
from api.cli.telling.errors import StoryFailed
from api.cli.telling.show import show
from api.cli.telling.voice import Voice
from api.people import People
from api.reads import PLATFORM_SCOPE
from bus.in_process import InProcess, in_process
from infra.audit.keys import SealKeys
from infra.db.pools import API, async_pool
from schemas.base import PLATFORM, Command, Event, TenantId
from schemas.envelope import Actor, Answer, Recorded, Refusal
from schemas.execution.types import CallRef

BEGIN = datetime(2026, 8, 1, 8, tzinfo=UTC)
MANY = 10_000
E = TypeVar("E", bound=Event)


@dataclass(frozen=True)
class Size:
    """`days` on which anything runs in a stretch of a month, and `runs` of each tenant on such a day."""

    days: int = 4
    runs: int = 4


@dataclass
class Stage:
    platform: InProcess
    url: str
    pool: AsyncConnectionPool
    reads: PostgresReads
    keys: SealKeys
    folder: Path
    models: Models
    cards: Cards
    people: People
    cast: Cast
    dice: Random
    size: Size
    voice: Voice
    lost: CallRef | None = None

    async def order(
        self, *commands: Command, by: Actor, tenant_id: TenantId | None = None
    ) -> Sequence[Answer]:
        """Of a tenant's things unless it is the platform's or the partner's. Some may be refused."""
        of = tenant_id or getattr(commands[0], "tenant_id", None) or by.tenant_id or PLATFORM
        of_partner = by.partner_id is not None or hasattr(commands[0], "partner_id") or of != PLATFORM
        partner_id = self.cast.partner_id if of_partner else None
        return await self.platform.order(*commands, by=by, tenant_id=of, partner_id=partner_id)

    async def done(self, *commands: Command, by: Actor, tenant_id: TenantId | None = None) -> None:
        for answer in await self.order(*commands, by=by, tenant_id=tenant_id):
            if answer.refusal:
                raise StoryFailed(f"{answer.refusal.code}: {answer.refusal.detail}")

    async def refused(self, command: Command, by: Actor) -> Refusal:
        [answer] = await self.order(command, by=by)
        if answer.refusal is None:
            raise StoryFailed(f"{command.type_name} was not refused")
        return answer.refusal

    async def until(self, month: int, day: int, hour: int = 9) -> None:
        await self.platform.until(BEGIN.replace(month=month, day=day, hour=hour))

    def say(self, sentence: str) -> None:
        self.voice.say_on(f"{self.platform.clock.now:%d %b}", sentence)

    def show(self, made: Table) -> None:
        show(made)
        out.print()

    async def recorded(self, stream: str) -> Sequence[Recorded]:
        return await self.reads.events_of_stream(PLATFORM_SCOPE, stream, 0, MANY)

    async def last(self, stream: str, kind: type[E]) -> tuple[E, int]:
        """The newest event of a kind, and its version."""
        for recorded in reversed(await self.recorded(stream)):
            if isinstance(recorded.event, kind):
                return recorded.event, recorded.version
        raise StoryFailed(f"there is no {kind.__name__} in {stream}")

    async def status(self, tenant: Tenant) -> str:
        row = await self.reads.tenant(PLATFORM_SCOPE, tenant.id)
        return row.status if row else "absent"


def ledger_of(tenant_id: UUID, period: str) -> str:
    return f"ledger-{tenant_id}-{period}"


@asynccontextmanager
async def staged(
    url: str, master: str, keys: SealKeys, folder: Path, seed: int, size: Size
) -> AsyncIterator[Stage]:
    """On a prepared database. The same seed tells the same story."""
    dice, cards = Random(seed), Cards()
    models = Models(dice)
    async with (
        async_pool(url, API, max_size=2) as pool,
        opened_accounts(url, master) as accounts,
        in_process(url, BEGIN, models, cards) as platform,
    ):
        yield Stage(
            platform=platform,
            url=url,
            pool=pool,
            reads=PostgresReads(pool),
            keys=keys,
            folder=folder,
            models=models,
            cards=cards,
            people=accounts.people,
            cast=cast_of(dice),
            dice=dice,
            size=size,
            voice=Voice(),
        )
