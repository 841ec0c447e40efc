"""`hb demo`: a platform for the story, the story, and one line that says whether it is true."""

from pathlib import Path

from api.cli.demo.story import Outcome, Story
from api.cli.look import out
from api.cli.options import settings_for
from api.cli.seeds import Login
from api.cli.telling import ending
from api.cli.telling.errors import StoryFailed
from api.cli.telling.platform import on_a_platform

FOLDER = "demo"


def demo(data: Path | None, url: str | None, email: str | None, password: str | None) -> int:
    """The exit code."""
    return ending.told("DEMO", told(data, url, email, password))


async def told(data: Path | None, url: str | None, email: str | None, password: str | None) -> Outcome:
    if url is not None:
        if not email or not password:
            raise StoryFailed("--url needs the --email and --password of a platform admin there")
        return await Story(url, Login(email, password)).tell()
    base = settings_for()
    out.print("[name]HireBuddha[/]  [quiet]a metered, durable run on real parts, from nothing[/]\n")
    settings = settings_for(data or base.data_dir / FOLDER, api_port=0)
    return await on_a_platform(settings, lambda url, admin: Story(url, admin).tell())
