"""`hb admin`."""

import asyncio

from rich.markup import escape

from api.adapters.vault import opened_accounts
from api.cli.endpoints import find
from api.cli.errors import Refused
from api.cli.look import TICK, out
from api.cli.operate import desk
from api.cli.seeds import Login, new_password, register_admin
from infra.crypto.master_key import master_key
from infra.settings import Settings

SHORTEST = 12


def create_admin(settings: Settings, email: str, name: str, password: str | None) -> None:
    if password is not None and len(password) < SHORTEST:
        raise Refused(f"the password is shorter than {SHORTEST} characters.", "Leave it out to get one.")
    login = asyncio.run(register(settings, email, name, password or new_password()))
    out.print(f"{TICK} {escape(login.email)} is a platform admin and can log in")
    if password is None:
        out.print(f"  password  [name]{login.password}[/]  [quiet]shown this once[/]")


async def register(settings: Settings, email: str, name: str, password: str) -> Login:
    endpoints = find(settings)
    async with (
        desk(endpoints) as at,
        opened_accounts(endpoints.database_url, master_key(settings)) as accounts,
    ):
        return await register_admin(at, accounts, email, name, password)
