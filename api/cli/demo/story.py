"""The story: a platform admin, a partner, a tenant, one run, and what it came to. Over HTTP only."""

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from api.cli.demo import tables
from api.cli.demo.definition import AGENT, KINDS, SAMPLE, WORKFLOW, inputs
from api.cli.demo.proof import money, proofs
from api.cli.look import plain
from api.cli.seeds import Login
from api.cli.telling.cast import Cast
from api.cli.telling.client import Api, Person
from api.cli.telling.errors import StoryFailed
from api.cli.telling.show import show
from api.cli.telling.stream import Follower
from api.cli.telling.voice import Voice

MARKUP, COMMISSION, BUDGET = "40", "25", "25"
SETTLE_SECONDS = 20.0
POLL_SECONDS = 0.1


@dataclass(frozen=True)
class Outcome:
    """What the last line says."""

    job_id: str
    entries: int
    price: str

    def __str__(self) -> str:
        return f"DEMO OK job={self.job_id} entries={self.entries} price={self.price}"


class Story:
    def __init__(self, url: str, admin: Login) -> None:
        self._voice = Voice()
        self._api = Api(url, self._voice.called)
        self._login = admin
        self._cast = Cast(uuid4().hex[:6])

    async def tell(self) -> Outcome:
        async with self._api:
            admin = await self._admin()
            partner_id, partner = await self._partner(admin)
            tenant_id, owner = await self._tenant(partner, partner_id)
            workflow_id = await self._authoring(owner)
            job_id, follower = await self._execution(owner, workflow_id)
            entries = await self._ledger(admin, job_id, follower)
            bill = await self._bill(owner, tenant_id, entries)
            return self._verify(job_id, entries, bill, follower.calls)

    async def _admin(self) -> Person:
        self._voice.section("The platform admin signs in")
        return await self._api.log_in(self._login.email, self._login.password)

    async def _partner(self, admin: Person) -> tuple[str, Person]:
        self._voice.section("A partner joins")
        self._voice.say(f"Nordic Agents adds {MARKUP} % to the cost and keeps {COMMISSION} % of the price.")
        return await self._cast.partner(admin, "Nordic Agents", MARKUP, COMMISSION)

    async def _tenant(self, partner: Person, partner_id: str) -> tuple[str, Person]:
        self._voice.section("The partner provisions a tenant")
        self._voice.say(f"The Meadow Survey may spend {BUDGET} dollars a month.")
        return await self._cast.tenant(partner, partner_id, "Meadow Survey", "meadow", BUDGET)

    async def _authoring(self, owner: Person) -> str:
        self._voice.section("Its owner makes an agent and a workflow")
        self._voice.say(" → ".join(f"{node} ({kind})" for node, kind in KINDS.items()))
        await owner.post("/agents", {"name": "Field biologist", "definition": AGENT})
        made = await owner.post("/workflows", {"name": "Summary of field notes", "definition": WORKFLOW})
        published = await owner.post(f"/workflows/{made['id']}/publish")
        self._voice.done(f"version {published['version']}, for ever {published['hash'][:12]}…")
        return str(made["id"])

    async def _execution(self, owner: Person, workflow_id: str) -> tuple[str, Follower]:
        self._voice.section("It runs")
        self._voice.say(
            f"On {SAMPLE.name}, {SAMPLE.stat().st_size:,} bytes. The model is small and runs right here."
        )
        job = await owner.post(f"/workflows/{workflow_id}/execute", {"inputs": inputs()})
        follower = Follower(KINDS)
        await follower.follow(owner, job["links"]["stream"])
        if follower.status != "succeeded":
            raise StoryFailed(f"run {job['job_id']} {follower.status or 'was not told to its end'}")
        run = await owner.get(job["links"]["self"], after=follower.position)
        if run["status"] != "succeeded" or not run["output"].strip():
            raise StoryFailed(f"run {job['job_id']} reads as {run['status']}, output {run['output']!r}")
        return job["job_id"], follower

    async def _ledger(self, admin: Person, job_id: str, follower: Follower) -> list[dict[str, Any]]:
        self._voice.section("The ledger, as the platform admin sees it")
        entries = await settled(admin, job_id, follower)
        for entry in entries:
            show(tables.entry_table(entry))
            show(tables.postings_table(entry["postings"]))
        return entries

    async def _bill(self, owner: Person, tenant_id: str, entries: list[dict[str, Any]]) -> dict[str, Any]:
        self._voice.section("The running bill, as the tenant sees it")
        # The ledger's streams are named by tenant and month.
        period = entries[-1]["ref"].rpartition("@")[0][-len("2026-11") :]
        newest = max(entry["position"] for entry in entries)
        bill = await owner.get("/ledger/bill", period=period, after=newest)
        if hidden := {"cost", "commission", "margin"} & bill.keys():
            raise StoryFailed(f"the tenant can see {', '.join(sorted(hidden))}")
        if bill["tenant_id"] != tenant_id:
            raise StoryFailed("the bill is another tenant's")
        show(tables.bill_table(bill))
        return bill

    def _verify(
        self, job_id: str, entries: list[dict[str, Any]], bill: Mapping[str, Any], calls: int
    ) -> Outcome:
        self._voice.section("Does it add up?")
        found = list(proofs(entries, bill, calls))
        show(tables.proof_table(found))
        if wrong := [proof for proof in found if not proof.holds]:
            raise StoryFailed("; ".join(f"not true: {proof.title}: {proof.shown}" for proof in wrong))
        return Outcome(job_id, len(entries), plain(money(bill["price"])))


async def settled(admin: Person, job_id: str, follower: Follower) -> list[dict[str, Any]]:
    """The entries of the run: they are made after it, by billing, from the same events."""
    deadline = time.monotonic() + SETTLE_SECONDS
    while True:
        found = await admin.get("/ledger/entries", quietly=True, job_id=job_id, after=follower.position)
        entries: list[dict[str, Any]] = found["items"]
        if len(entries) >= follower.calls:
            return entries
        if time.monotonic() > deadline:
            raise StoryFailed(f"{follower.calls} calls, {len(entries)} settled after {SETTLE_SECONDS:.0f} s")
        await asyncio.sleep(POLL_SECONDS)
