"""A world with something of everything, and somebody of every role in it who owns what there is."""

from dataclasses import dataclass

from fastapi import FastAPI

from schemas.access import Role
from schemas.envelope import Actor
from tests.api.test_every_route import Foreign
from tests.api.world import World

ANYBODY = "anonymous"
WHO = (ANYBODY, *(str(role) for role in Role))


@dataclass
class Stage:
    """`ids`: by the names of path parameters, things that exist and belong to who acts."""

    world: World
    ids: dict[str, str]

    @classmethod
    async def on(cls, app: FastAPI) -> "Stage":
        """The app is the same for all: what it talks to is new."""
        world = World()
        app.state.deps = world.app.state.deps
        world.app = app
        return cls(world, (await Foreign(world).make()).ids)

    def headers(self, who: str) -> dict[str, str]:
        if who == ANYBODY:
            return {}
        return {"Authorization": f"Bearer {self.world.tokens.issue(self._actor(Role(who)))}"}

    def _actor(self, role: Role) -> Actor:
        """Where a role belongs is the first word of its name."""
        world, place = self.world, role.split("_")[0]
        tenant = world.other_tenant if place == "tenant" else None
        partner = world.other_partner if place in ("tenant", "partner") else None
        return world.add_user(f"{role}@zeta.example", role, partner, tenant)
