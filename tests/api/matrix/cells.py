"""Every operation by every role, with ids of one's own, of a sibling tenant and of a stranger's tenant."""

import asyncio
import copy
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Literal, NamedTuple, get_args
from urllib.parse import urlencode
from uuid import UUID, uuid4

import httpx2

from schemas.access import Role
from schemas.base import PartnerId, TenantId
from schemas.envelope import Actor
from tests.api.test_every_route import OWN_NAMES, SECURED, Foreign, Names, body_of, key, operation
from tests.api.world import World

Whose = Literal["own", "sibling", "stranger"]
WHOSE: tuple[Whose, ...] = get_args(Whose)
Reach = Literal["tenant", "partner", "platform"]
BEYOND: dict[Reach, tuple[Whose, ...]] = {
    "tenant": ("sibling", "stranger"),
    "partner": ("stranger",),
    "platform": (),
}
QUERY = {"period": "2026-11", "from": "0", "to": "1", "permission": "executions:read", "host": "x.example"}
QUERY_IDS = ("tenant_id", "partner_id")
"""Parameters that say whose things are wanted. Others only pick among what one sees."""

SECONDS = 10.0
"""A stream that does not end by then is none of a run that has ended."""


class Cell(NamedTuple):
    """`told`: whose things the answer is about."""

    method: str
    path: str
    role: Role
    whose: Whose
    status: int
    told: frozenset[Whose]
    leak: str = ""


def reach_of(role: Role) -> Reach:
    kind = role.value.partition("_")[0]
    return "tenant" if kind == "tenant" else "partner" if kind == "partner" else "platform"


class Neighbours:
    """Two tenants of one partner, one of another; each has one of everything, marked as its own."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.tenants: dict[Whose, TenantId] = {
            "own": world.tenant,
            "sibling": TenantId(world.add_tenant("sibling", world.partner)),
            "stranger": world.other_tenant,
        }
        self.things: dict[Whose, Foreign] = {}

    async def make(self) -> "Neighbours":
        for number, whose in enumerate(WHOSE):
            email = f"owner-{uuid4().hex}@{whose}.example"
            owner = self.world.add_user(email, Role.TENANT_ADMIN, self.partner(whose), self.tenants[whose])
            names = Names(
                f"find_{whose}",
                f"{whose}_key".upper(),
                f"d-{whose}",
                f"{number}a" * 32,
                f"{UUID(int=number)}:a:1",
            )
            self.things[whose] = await Foreign(self.world, owner, mark(whose), names).make()
        return self

    def partner(self, whose: Whose) -> PartnerId:
        return self.world.other_partner if whose == "stranger" else self.world.partner

    def user(self, role: Role) -> Actor:
        reach = reach_of(role)
        return self.world.add_user(
            f"{role.value}-{uuid4().hex}@x.example",
            role,
            None if reach == "platform" else self.world.partner,
            self.world.tenant if reach == "tenant" else None,
        )

    def ids(self, whose: Whose) -> dict[str, str]:
        return self.things[whose].ids

    def named(self, method: str, path: str) -> list[Whose]:
        """Whose ids a request may hold; just one's own where all would be the same."""
        places = {place(method, path, self.ids(whose)): whose for whose in reversed(WHOSE)}
        return sorted(places.values(), key=WHOSE.index)

    def words(self, whose: Whose) -> frozenset[str]:
        """Nobody else has them."""
        others = {id_ for other in WHOSE if other != whose for id_ in self.ids(other).values()}
        return frozenset({mark(whose), *self.ids(whose).values()} - others)


def place(method: str, path: str, ids: dict[str, str]) -> str:
    given = {}
    for parameter in operation(method, path).get("parameters", []):
        name = parameter["name"]
        if parameter["in"] == "query" and (name in QUERY_IDS or parameter.get("required")):
            given[name] = ids[name] if name in QUERY_IDS else QUERY[name]
    return path.format(**ids) + (f"?{urlencode(given)}" if given else "")


def mark(whose: Whose) -> str:
    return f"mark of {whose}"


ReadSide = Callable[[World], AbstractAsyncContextManager[None]]


@asynccontextmanager
async def memory(world: World) -> AsyncIterator[None]:
    """The one the world was made with."""
    yield


async def cells(
    world: World, operations: list[tuple[str, str]] = SECURED, read_from: ReadSide = memory
) -> AsyncIterator[Cell]:
    """Whatever a request changed is put back before the next."""
    neighbours = await Neighbours(world).make()
    users = {role: neighbours.user(role) for role in Role}
    before = copy.deepcopy(world.reads.__dict__)
    async with read_from(world):
        for role, actor in users.items():
            async with world.client(actor) as client:
                for method, path in operations:
                    for whose in neighbours.named(method, path):
                        cell = await asked(client, neighbours, role, method, path, whose)
                        yield cell
                        if method != "get" and cell.status < 300:
                            world.reads.__dict__ = copy.deepcopy(before)


async def asked(
    client: httpx2.AsyncClient, neighbours: Neighbours, role: Role, method: str, path: str, whose: Whose
) -> Cell:
    ids = neighbours.ids(whose)
    async with asyncio.timeout(SECONDS):
        response = await client.request(
            method.upper(), place(method, path, ids), json=body_of(method, path), headers=key()
        )
    reach, status = reach_of(role), response.status_code
    # A refusal may repeat what it was asked for, and so may who takes a name that is free.
    repeats = status >= 300 or (method, path) in OWN_NAMES
    asked_for = frozenset(ids.values()) if repeats else frozenset[str]()
    told = frozenset(
        one for one in WHOSE if any(w in response.text for w in neighbours.words(one) - asked_for)
    )
    # What is asked for by a parameter may be an empty list; what is asked for by its path is not there.
    by_path = path.format(**ids) != path.format(**neighbours.ids("own"))
    beyond = by_path and whose in BEYOND[reach] and status < 300 and (method, path) not in OWN_NAMES
    theirs = sorted(told & set(BEYOND[reach]))
    leak = f"tells of {', '.join(theirs)}" if theirs else "gives what is another's" if beyond else ""
    return Cell(method, path, role, whose, status, told, leak)
