"""What is there before the first run: tenants with users, rates, tools and published workflows."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from random import Random
from uuid import UUID, uuid4, uuid5

import httpx2

from api.adapters.vault import Accounts
from infra.crypto.passwords import Passwords
from schemas.access import Role
from schemas.authoring.commands import SetTool
from schemas.authoring.definition import WorkflowDefinition
from schemas.authoring.tools import HttpTool
from schemas.base import PLATFORM, UserId
from schemas.identity.commands import GrantMembership, RegisterUser
from schemas.identity.types import Person, Place
from tests.acceptance.chaos import random_runs, story
from tests.acceptance.chaos.runs import AnyRun
from tests.acceptance.chaos.web import PASSWORD, User
from tests.support.client import PLATFORM_ITSELF, Client, Tenancy
from tests.support.workflows.story import ONCE_TOOL, SAFE_TOOL

BODY = {"q": "{{ arguments.q }}", "n": "{{ arguments.n }}"}


@dataclass(frozen=True)
class Tenant:
    tenancy: Tenancy
    owner: User
    chief: User
    operator: User
    """Of the tenant's partner."""


class Stage:
    def __init__(
        self,
        client: Client,
        http: httpx2.AsyncClient,
        accounts: Callable[[], AbstractAsyncContextManager[Accounts]],
        tools_url: str,
        lots: Random | None,
    ) -> None:
        self.client, self.http, self.accounts = client, http, accounts
        self.tools_url, self.lots = tools_url, lots

    async def tenant(self, number: int) -> Tenant:
        """With an owner, a chief and its partner's operator, all logged in, and the tools of all stories."""
        emails = [f"{name}@chaos{number}.io" for name in ("owner", "chief", "operator")]
        async with self.accounts() as vault:
            people = [await with_password(vault, email) for email in emails]
        owner, chief, operator = people
        tenancy = await self.client.provision(f"chaos{number}", owner)
        await self._join(chief, Place(**vars(tenancy)), Role.TENANT_ADMIN)
        await self._join(operator, Place(partner_id=tenancy.partner_id), Role.PARTNER_ADMIN)
        for name in (SAFE_TOOL, ONCE_TOOL):
            tool = HttpTool(
                type="http", method="POST", url=f"{self.tools_url}/{name}", body=BODY, safe=name == SAFE_TOOL
            )
            await self.client.do(SetTool(tenant_id=tenancy.tenant_id, name=name, definition=tool), tenancy)
        users = [await self._logged_in(who, email) for who, email in zip(people, emails, strict=True)]
        return Tenant(tenancy, *users)

    async def _join(self, who: Person, place: Place, role: Role) -> None:
        await self.client.do(RegisterUser(**dict(who)), PLATFORM_ITSELF)
        at = Tenancy(place.tenant_id or PLATFORM, place.partner_id)
        await self.client.do(GrantMembership(place=place, person=who, role=role), at)

    async def _logged_in(self, who: Person, email: str) -> User:
        user = User(self.http, who.user_id, email, self.lots)
        await user.log_in()
        return user

    async def workflows(self, runs: Sequence[AnyRun], tenants: Mapping[int, Tenant]) -> dict[str, UUID]:
        """By the run's kind."""
        for model in (story.MODEL, random_runs.MODEL):
            await self.client.set_rate(model)
        kinds = {run.kind: run for run in runs}
        publishing = (self._publish(run, tenants[run.tenant]) for run in kinds.values())
        return dict(zip(kinds, await asyncio.gather(*publishing), strict=True))

    async def _publish(self, run: AnyRun, tenant: Tenant) -> UUID:
        """Children are published before whoever names them: they were drawn inside first."""
        if isinstance(run, story.Run):
            return await self.client.publish(story.DEFINITIONS[run.kind], tenant.tenancy, run.kind)
        told = random_runs.story_of(run.seed)
        ids = {str(child): str(uuid5(tenant.tenancy.tenant_id, str(child))) for child in told.children}
        names = {**ids, "owner": tenant.owner.email, "chief": tenant.chief.email}
        for child, definition in told.children.items():
            own = renamed(definition, names)
            await self.client.publish(own, tenant.tenancy, f"{run.kind} child", UUID(ids[str(child)]))
        return await self.client.publish(renamed(told.definition, names), tenant.tenancy, run.kind)


async def with_password(vault: Accounts, email: str) -> Person:
    user_id = UserId(uuid4())
    await vault.passwords.create(user_id, await Passwords().hash(PASSWORD))
    return await vault.people.person(user_id, email, "Test")


def renamed(definition: WorkflowDefinition, names: Mapping[str, str]) -> WorkflowDefinition:
    """With a tenant's own ids and addresses where the story has its names."""
    text = definition.model_dump_json()
    for name, own in names.items():
        text = text.replace(f'"{name}"', f'"{own}"')
    return WorkflowDefinition.model_validate_json(text)
