"""The story of one worked example, over HTTP only: a tenant makes it, starts it, watches it, looks back."""

import asyncio
import json
import time
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import uuid4

from rich.text import Text

from api.cli.examples.around import Around
from api.cli.examples.files import longest_path, node_kinds
from api.cli.examples.starting import start
from api.cli.examples.timeline import timeline_table, wrong
from api.cli.look import plain
from api.cli.seeds import Login
from api.cli.telling.cast import Cast
from api.cli.telling.client import Api, Person
from api.cli.telling.errors import StoryFailed
from api.cli.telling.screen import Screen
from api.cli.telling.show import show
from api.cli.telling.stream import Follower
from api.cli.telling.voice import Voice

MARKUP, COMMISSION, BUDGET = "40", "25", "25"
SETTLE_SECONDS = 20.0
POLL_SECONDS = 0.1


@dataclass(frozen=True)
class Outcome:
    """What the last line says."""

    name: str
    job_id: str
    price: str

    def __str__(self) -> str:
        return f"EXAMPLE OK name={self.name} job={self.job_id} price={self.price}"


class Story:
    def __init__(self, url: str, admin: Login, name: str, here: Around) -> None:
        self._voice = Voice()
        self._api = Api(url, self._voice.called)
        self._login, self._name, self._here = admin, name, here
        self._example = here.example

    async def tell(self) -> Outcome:
        async with self._api:
            owner = await self._tenant()
            await self._tools(owner)
            workflow_id = await self._workflow(owner)
            self._voice.section("It runs")
            job_id = await start(self._voice, owner, self._example, workflow_id)
            follower = await self._follow(owner, job_id)
            await self._output(owner, job_id, follower)
            return await self._looking_back(owner, job_id, follower)

    async def _tenant(self) -> Person:
        self._voice.section("A partner and its tenant")
        cast = Cast(uuid4().hex[:6])
        admin = await self._api.log_in(self._login.email, self._login.password)
        partner_id, partner = await cast.partner(admin, "Nordic Agents", MARKUP, COMMISSION)
        _, owner = await cast.tenant(partner, partner_id, "Harbour Shop", "harbour", BUDGET)
        return owner

    async def _tools(self, owner: Person) -> None:
        if not self._example.tools:
            return
        self._voice.section("Its tools")
        for secret, value in self._here.keys.items():
            await owner.put(f"/secrets/{secret}", {"value": value})
        for tool, definition in self._example.tools.items():
            await owner.put(f"/tools/{tool}", {"definition": definition})

    async def _workflow(self, owner: Person) -> str:
        self._voice.section("Its workflow")
        nodes = self._example.workflow["nodes"]
        self._voice.say(", ".join(f"{node['id']} ({node['type']})" for node in nodes))
        body = {"name": self._example.title[:80], "definition": self._example.workflow}
        made = await owner.post("/workflows", body)
        published = await owner.post(f"/workflows/{made['id']}/publish")
        self._voice.done(f"version {published['version']}, for ever {published['hash'][:12]}…")
        return str(made["id"])

    async def _follow(self, owner: Person, job_id: str) -> Follower:
        async def answer(node: str, message: str) -> None:
            if node not in self._example.people:
                raise StoryFailed(f"nobody is there to answer {node}")
            said = self._example.people[node].model_dump()
            await owner.post(f"/executions/{job_id}/approvals/{node}", said)

        kinds = node_kinds(self._example.workflow)
        follower = Follower(kinds, answer, Screen(longest_path(self._example.workflow)))
        await follower.follow(owner, f"/executions/{job_id}/stream")
        if follower.status != "succeeded":
            raise StoryFailed(f"run {job_id} {follower.status or 'was not told to its end'}")
        return follower

    async def _output(self, owner: Person, job_id: str, follower: Follower) -> None:
        """A model with a script must lead to what the file says; a real one to anything."""
        self._voice.section("What came out")
        run = await owner.get(f"/executions/{job_id}", after=follower.position)
        output = run["output"]
        text = output if isinstance(output, str) else json.dumps(output, indent=2, ensure_ascii=False)
        show(Text(text.rstrip()))
        if not output or (self._here.model_url and output != self._example.output):
            raise StoryFailed(f"the output is {output!r}, not {self._example.output!r}")

    async def _looking_back(self, owner: Person, job_id: str, follower: Follower) -> Outcome:
        self._voice.section("Step by step")
        timeline = await settled(owner, job_id, follower)
        show(timeline_table(timeline["items"], timeline["spent"]))
        if found := wrong(timeline["items"], timeline["spent"], follower.calls):
            raise StoryFailed("; ".join(found))
        return Outcome(self._name, job_id, plain(Decimal(timeline["spent"]["price"])))


async def settled(owner: Person, job_id: str, follower: Follower) -> dict[str, Any]:
    """The timeline, when every call has been paid for: that comes after the run, from the same events."""
    deadline = time.monotonic() + SETTLE_SECONDS
    path = f"/executions/{job_id}/timeline"
    while True:
        found = await owner.get(path, quietly=True, after=follower.position, limit=200)
        if found["spent"]["calls"] >= follower.calls or time.monotonic() > deadline:
            return found
        await asyncio.sleep(POLL_SECONDS)
