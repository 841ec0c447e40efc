"""`hb up`: everything, until Ctrl-C."""

import asyncio

from rich.panel import Panel
from rich.table import Table

from api.cli import endpoints as remembered
from api.cli.boot import Boot, Later, Running
from api.cli.look import out
from api.cli.seeds import FIRST_EMAIL, LOCAL_MODEL
from bus.permissions import USERS
from infra.embedded.backends import Platform
from infra.embedded.supervisor import until_signal
from infra.settings import Settings


def up(settings: Settings, with_model: bool) -> None:
    asyncio.run(until_signal(run(settings, with_model)))
    out.print("[quiet]Everything is stopped; the data stays.[/]")


async def run(settings: Settings, with_model: bool) -> None:
    async with Platform(settings, Later(), nats_users=USERS) as platform:
        # Fails before anything is started when the port is taken.
        platform.api_port()
        try:
            running = await Boot(platform, with_model).start()
            out.print(welcome(settings, running))
            await platform.watch()
        finally:
            remembered.forget(platform.data)


def welcome(settings: Settings, running: Running) -> Panel:
    grid = Table.grid(padding=(0, 3, 0, 0))
    grid.add_column(style="quiet")
    grid.add_column(overflow="fold")
    for title, path in (("API", ""), ("Docs", "/docs"), ("Health", "/health/ready"), ("Metrics", "/metrics")):
        grid.add_row(title, f"[link]{running.url}{path}[/]")
    grid.add_row("Model", LOCAL_MODEL if running.endpoints.local_model_url else "no local one")
    grid.add_row("Data", str(settings.data_dir))
    grid.add_row("Logs", str(settings.data_dir / "logs"))
    grid.add_row("Platform admin", FIRST_EMAIL)
    grid.add_row("Password", password(running))
    return Panel(
        grid,
        title="[name]HireBuddha runs[/]",
        title_align="left",
        subtitle="[quiet]Ctrl-C stops everything[/]",
        subtitle_align="right",
        border_style="quiet",
        padding=(1, 2),
        expand=False,
    )


def password(running: Running) -> str:
    if running.login is None:
        return "[quiet]shown at the first start only; `./justw hb admin create` makes another admin[/]"
    return f"[name]{running.login.password}[/]  [quiet]shown this once[/]"
