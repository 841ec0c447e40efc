"""A platform for the length of one story."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from types import MappingProxyType
from typing import Any, TypeVar
from uuid import uuid4

from api.adapters.vault import opened_accounts
from api.cli import endpoints as remembered
from api.cli.boot import Boot, Later, Running
from api.cli.operate import desk
from api.cli.seeds import Login, new_password, register_admin
from bus.permissions import USERS
from infra.crypto.master_key import master_key
from infra.embedded.backends import Platform
from infra.embedded.supervisor import cancel
from infra.settings import Settings

T = TypeVar("T")
Story = Callable[[str, Login], Coroutine[Any, Any, T]]
"""Told with the API's address and a platform admin's login."""


async def on_a_platform(
    settings: Settings,
    story: Story[T],
    more: Mapping[str, str] = MappingProxyType({}),
    with_model: bool = True,
) -> T:
    """`more` are settings of its processes."""
    async with Platform(settings, Later(), more, USERS) as platform:
        try:
            running = await Boot(platform, with_model).start()
            return await unless_it_breaks(platform, story(running.url, await an_admin(running, settings)))
        finally:
            remembered.forget(platform.data)


async def an_admin(running: Running, settings: Settings) -> Login:
    """One for this telling: of the first one's password only the hash was kept."""
    if running.login is not None:
        return running.login
    email, master = f"admin-{uuid4().hex[:6]}@demo.example", master_key(settings)
    async with (
        desk(running.endpoints) as at,
        opened_accounts(running.endpoints.database_url, master) as accounts,
    ):
        return await register_admin(at, accounts, email, "Platform admin", new_password())


async def unless_it_breaks(platform: Platform, work: Awaitable[T]) -> T:
    """Meanwhile the supervisor keeps the services alive; one that will not stay up ends the story."""
    watch = asyncio.ensure_future(platform.watch())
    task = asyncio.ensure_future(work)
    try:
        await asyncio.wait({watch, task}, return_when=asyncio.FIRST_COMPLETED)
        if not task.done():
            watch.result()
        return await task
    finally:
        await cancel([watch])
        task.cancel()
