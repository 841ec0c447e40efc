"""What stands around the platform while an example runs: a world to ask, a model with a script."""

import json
import secrets
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

from api.cli.examples.files import Example, Model, load
from api.cli.examples.world import world
from infra.embedded.scripted_model import scripted_model
from infra.embedded.served import served


@dataclass(frozen=True)
class Around:
    """`keys` are the values of the example's secrets; `settings` are for the platform's processes."""

    example: Example
    keys: dict[str, str]
    settings: dict[str, str]
    model_url: str | None
    """None: the platform's own model, if any."""

    @property
    def needs_model(self) -> bool:
        return bool(self.example.model_says)


@asynccontextmanager
async def around(name: str, model: Model | None) -> AsyncIterator[Around]:
    """`model` None: as the example says."""
    asked = load(name)
    keys = {secret: secrets.token_urlsafe(24) for secret in asked.secrets}
    async with AsyncExitStack() as stack:
        world_url = await stack.enter_async_context(served(world(asked.world, keys.values())))
        example = load(name, world_url)
        model_url = None
        if (model or example.model) == "scripted":
            model_url = await stack.enter_async_context(served(scripted_model(example.model_says)))
        yield Around(example, keys, settings(example, world_url), model_url)


def settings(example: Example, world_url: str) -> dict[str, str]:
    servers = {name: {"command": command, "tenants": "*"} for name, command in example.mcp_servers.items()}
    return {
        **({"outbound_allow": urlsplit(world_url).netloc} if example.world else {}),
        **({"mcp_servers": json.dumps(servers)} if servers else {}),
    }
