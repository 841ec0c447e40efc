"""What nobody could handle is kept by whose it is, and goes with its tenant."""

from dataclasses import dataclass
from typing import Any, cast
from uuid import uuid4

import pytest
from nats.aio.msg import Msg

from bus import dead_letters, subjects
from bus.broker import Bus
from schemas.base import TenantId

TENANT, OTHER = TenantId(uuid4()), TenantId(uuid4())


@dataclass
class Hopeless:
    subject: str
    data: bytes = b"{}"
    acked: bool = False

    async def ack(self) -> None:
        self.acked = True


async def buried(bus: Bus, subject: str, consumer: str = "policies-x") -> None:
    msg = Hopeless(subject)
    await dead_letters.bury(bus.js, cast(Msg, msg), consumer, ValueError("no"))
    assert msg.acked


async def kept(bus: Bus) -> list[str]:
    return [letter.subject for letter in await dead_letters.listing(bus.js)]


def of(tenant: TenantId) -> dict[str, str]:
    """What may become a dead letter, by kind."""
    return {
        "command": subjects.command("a.b.c", tenant, "s-1"),
        "reaction": subjects.reaction("a.b.c", tenant, "s-1"),
        "event": subjects.event("a.b.c", tenant, "s-1"),
    }


@pytest.mark.parametrize("kind", of(TENANT))
async def test_a_tenants_go_and_others_stay(bus: Bus, kind: str) -> None:
    for tenant in (TENANT, OTHER, TENANT):
        await buried(bus, of(tenant)[kind])
    assert await dead_letters.purge(bus.js, TENANT) == 2
    assert await kept(bus) == [of(OTHER)[kind]]


async def test_what_is_done_again_in_vain_is_its_tenants_still(bus: Bus) -> None:
    await buried(bus, of(TENANT)["event"])
    [letter] = await dead_letters.listing(bus.js)
    await dead_letters.retry(bus.nc, bus.js, letter)
    assert await kept(bus) == []
    [again] = await redone(bus)
    await buried(bus, again)
    assert await dead_letters.purge(bus.js, TENANT) == 1


async def redone(bus: Bus) -> list[str]:
    info: Any = await bus.js.stream_info("REDO", subjects_filter="redo.>")
    return list(info.state.subjects)


async def test_what_says_nothing_of_a_tenant_is_kept_too(bus: Bus) -> None:
    await buried(bus, "cmd.nonsense")
    assert await dead_letters.purge(bus.js, TENANT) == 0
    assert await kept(bus) == ["cmd.nonsense"]
