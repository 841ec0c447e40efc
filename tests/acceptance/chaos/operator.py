"""An operator who suspends tenants and reinstates them while their runs are under way."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random

from tests.acceptance.chaos.stage import Tenant

FOR_SECONDS = (0.5, 5.0)


@dataclass(frozen=True)
class Suspension:
    """After `pause` seconds of peace, for `seconds`."""

    tenant: int
    pause: float
    seconds: float


def suspensions(number: int, over_seconds: float, tenants: int, random: Random) -> list[Suspension]:
    """One after the other, the tenants in turn."""
    each = over_seconds / max(1, number)
    return [
        Suspension(turn % tenants, random.uniform(0, each), random.uniform(*FOR_SECONDS))
        for turn in range(number)
    ]


async def suspend_all(
    plan: Sequence[Suspension], tenants: Sequence[Tenant], on_done: Callable[[], None]
) -> None:
    for number, suspension in enumerate(plan):
        await asyncio.sleep(suspension.pause)
        tenant = tenants[suspension.tenant]
        path = f"/tenants/{tenant.tenancy.tenant_id}"
        await tenant.operator.post(f"{path}/suspend", f"suspend {number}", {"reason": "a drill"})
        await asyncio.sleep(suspension.seconds)
        await tenant.operator.post(f"{path}/reinstate", f"reinstate {number}", {"reason": "a drill"})
        on_done()
