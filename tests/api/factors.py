"""What people at the edge's tests have beside a password: an app, recovery codes, passkeys."""

from typing import Any
from uuid import UUID

import httpx2
import pyotp

from schemas.base import UserId
from schemas.envelope import Actor
from schemas.registry import command_from
from tests.api.world import PASSWORD, World
from tests.support.authenticator import Authenticator


def user_id(actor: Actor) -> UserId:
    return UserId(UUID(actor.id))


def sent(world: World, kind: str) -> list[Any]:
    """The commands of this kind that reached the bus."""
    commands = [command_from(envelope.type, envelope.data) for envelope in world.bus.sent]
    return [command for command in commands if type(command).__name__ == kind]


def told(world: World) -> list[str]:
    """What the letters said that changed."""
    return [command.letter.values["method"] for command in sent(world, "RequestLetter")]


def code(world: World, secret: str) -> str:
    """What the app shows now."""
    return pyotp.TOTP(secret).at(world.clock())


async def with_app(world: World, actor: Actor) -> tuple[str, list[str]]:
    """Sets one up: its secret, and the recovery codes."""
    async with world.client(actor) as client:
        secret = (await client.post("/auth/factors/totp")).json()["secret"]
        answer = await client.post("/auth/factors/totp/confirm", json={"code": code(world, secret)})
    assert answer.status_code == 200, answer.text
    world.seconds += 30
    return secret, answer.json()["recovery_codes"]


async def with_passkey(world: World, actor: Actor, device: Authenticator, label: str = "Phone") -> str:
    """Registers one of the device's: its id."""
    async with world.client(actor) as client:
        options = (await client.post("/auth/passkeys/registration")).json()["public_key"]
        body = {"answer": device.create(options), "label": label}
        answer = await client.post("/auth/passkeys", json=body)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def halfway(client: httpx2.AsyncClient, email: str) -> dict[str, Any]:
    """The password was right, and is not enough."""
    form = {"grant_type": "password", "username": email, "password": PASSWORD}
    answer = await client.post("/auth/token", data=form)
    assert (answer.status_code, answer.json()["code"]) == (401, "auth.mfa_required"), answer.text
    found: dict[str, Any] = answer.json()
    return found


async def shown(client: httpx2.AsyncClient, mfa_token: str, **factor: Any) -> httpx2.Response:
    return await client.post("/auth/token/mfa", json={"mfa_token": mfa_token, **factor})


def actor_of(world: World, answer: httpx2.Response) -> Actor:
    """Whose tokens came."""
    assert answer.status_code == 200, answer.text
    return world.tokens.read(answer.json()["access_token"]).actor


def proven(actor: Actor) -> Actor:
    """The same person, with a second factor shown."""
    return actor.model_copy(update={"mfa": True})
