"""Commands that hand over: one process of the platform, the schema, the flow of a command."""

import asyncio
import os
import sys
from typing import NoReturn

from api.cli.boot import migrated
from api.cli.endpoints import find
from api.cli.errors import Refused
from api.cli.look import DOT, TICK, out
from infra.embedded.backends import edge
from infra.settings import Settings, child_environment

WORKER_ROLES = ("commands", "policies", "effects", "projections", "relay", "timers", "scheduler", "sealer")


def run(settings: Settings, role: str) -> NoReturn:
    if role == "api":
        become(settings, *edge(settings.api_host, settings.api_port))
    if unknown := set(role.split(",")) - {*WORKER_ROLES, "all"}:
        raise Refused(
            f"there is no role {', '.join(sorted(unknown))}.",
            f"Roles are api, {', '.join(WORKER_ROLES)}, and all for every one but the API.",
        )
    become(settings, "bus.app", "--role", role)


def become(settings: Settings, module: str, *arguments: str) -> NoReturn:
    """The same process, so that whoever started it can signal it."""
    changes = {**find(settings).settings(), "data_dir": str(settings.data_dir)}
    command = [sys.executable, "-m", module, *arguments]
    sys.stdout.flush()
    os.execve(sys.executable, command, child_environment(changes))


def flow(name: str) -> NoReturn:
    sys.stdout.flush()
    os.execv(sys.executable, [sys.executable, "-m", "bus.flows", name])


def migrate(settings: Settings) -> None:
    version = asyncio.run(migrated(database_url(settings), building))
    out.print(f"{TICK} the database is at schema version {version}")


def building(name: str) -> None:
    out.print(f"{DOT} building the projection {name} anew")


def database_url(settings: Settings) -> str:
    return settings.database_url or find(settings).database_url
