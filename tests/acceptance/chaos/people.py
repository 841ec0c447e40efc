"""Those who answer what random runs ask: they look at what is open, and say what the story has them say."""

import asyncio
from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from tests.acceptance.chaos.asking import ask_until_free
from tests.acceptance.chaos.random_runs import story_at
from tests.acceptance.chaos.stage import Tenant
from tests.acceptance.chaos.web import Json, Refused, User
from tests.support.workflows.acting import SUPPLIED
from tests.support.workflows.story import Decision

LOOK_SECONDS = 0.5
UNHURRIED = timedelta(minutes=1)


class People:
    def __init__(self, tenants: Iterable[Tenant]) -> None:
        self.tenants = list(tenants)
        self._keys: dict[str, str] = {}

    async def work(self) -> None:
        """Until cancelled."""
        async with asyncio.TaskGroup() as group:
            for tenant in self.tenants:
                group.create_task(self._work(tenant))

    async def _work(self, tenant: Tenant) -> None:
        while True:
            page = await tenant.owner.get("/approvals", status="open", limit=100)
            await asyncio.gather(*(self._meet(tenant, asked) for asked in page["items"]))
            await asyncio.sleep(LOOK_SECONDS)

    async def _meet(self, tenant: Tenant, asked: Json) -> None:
        """What has next to no time is left to its deadline."""
        if time_for(asked) < UNHURRIED:
            return
        key = await self._run_key(tenant.owner, asked["job_id"]) + asked["node"]
        decision = story_at(key).decision(key, 1, asked["purpose"])
        escalates = decision == "escalate" and asked["purpose"] == "approval"
        if escalates and asked["escalated_at"] is None:
            return
        await say(tenant.chief if escalates else tenant.owner, asked, key, decision)

    async def _run_key(self, owner: User, job_id: str) -> str:
        if job_id not in self._keys:
            self._keys[job_id] = (await owner.get(f"/executions/{job_id}"))["inputs"]["key"]
        return self._keys[job_id]


def time_for(asked: Json) -> timedelta:
    return datetime.fromisoformat(asked["deadline"]) - datetime.fromisoformat(asked["asked_at"])


async def say(who: User, asked: Json, key: str, decision: Decision) -> None:
    """Refused: the run has ended meanwhile, or what was open has been answered."""
    data: dict[str, Any] = {"output": SUPPLIED + key} if decision == "supply" else {"key": key}
    body = {"approved": decision in ("approve", "escalate"), "data": data}
    path = f"/executions/{asked['job_id']}/approvals/{asked['node']}"
    with suppress(Refused):
        await ask_until_free(who, path, f"{path} {asked['purpose']} {asked['attempt']}", body)
