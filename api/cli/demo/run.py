"""`hb demo`: a platform for the story, the story, and one line that says whether it is true."""

import asyncio
from collections.abc import Coroutine
from pathlib import Path
from typing import Any, TypeVar
from uuid import uuid4

from api.cli import endpoints as remembered
from api.cli.boot import Boot, Later, Running
from api.cli.demo.errors import DemoFailed
from api.cli.demo.story import Outcome, Story
from api.cli.look import complain, out
from api.cli.operate import desk
from api.cli.options import settings_for
from api.cli.seeds import Login, new_password, register_admin
from infra.embedded.backends import Platform
from infra.embedded.supervisor import cancel, until_signal
from infra.errors import SetupError
from infra.settings import Settings

T = TypeVar("T")
LIMIT_SECONDS = 240
FOLDER = "demo"


def demo(data: Path | None, url: str | None, email: str | None, password: str | None) -> int:
    """The exit code."""
    ending = Ending()
    try:
        asyncio.run(until_signal(ending.of(told(data, url, email, password))))
    except SetupError as error:
        complain(error.message, error.fix)
        ending.reason = error.message.splitlines()[0]
    out.print()
    if ending.outcome is None:
        out.print(f"[bad]DEMO FAILED[/] {ending.reason}", markup=True, soft_wrap=True)
        return 1
    out.print(str(ending.outcome), style="good", soft_wrap=True)
    return 0


class Ending:
    """How it went. The last line is printed when everything has been stopped."""

    def __init__(self) -> None:
        self.outcome: Outcome | None = None
        self.reason = "it was interrupted"

    async def of(self, story: Coroutine[Any, Any, Outcome]) -> None:
        try:
            async with asyncio.timeout(LIMIT_SECONDS):
                self.outcome = await story
        except TimeoutError:
            self.reason = f"it took longer than {LIMIT_SECONDS} s"
        except DemoFailed as error:
            self.reason = str(error)


async def told(data: Path | None, url: str | None, email: str | None, password: str | None) -> Outcome:
    if url is not None:
        if not email or not password:
            raise DemoFailed("--url needs the --email and --password of an app admin there")
        return await Story(url, Login(email, password)).tell()
    base = settings_for()
    return await on_a_platform(settings_for(data or base.data_dir / FOLDER, api_port=0))


async def on_a_platform(settings: Settings) -> Outcome:
    out.print("[name]HireBuddha[/]  [quiet]a metered, durable run on real parts, from nothing[/]\n")
    async with Platform(settings, Later()) as platform:
        try:
            running = await Boot(platform).start()
            story = Story(running.url, await an_admin(running))
            return await unless_it_breaks(platform, story.tell())
        finally:
            remembered.forget(platform.data)


async def an_admin(running: Running) -> Login:
    """One for this telling: of the first one's password only the hash was kept."""
    if running.login is not None:
        return running.login
    async with desk(running.endpoints) as at:
        return await register_admin(at, f"admin-{uuid4().hex[:6]}@demo.example", "App admin", new_password())


async def unless_it_breaks(platform: Platform, work: Coroutine[Any, Any, T]) -> T:
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
