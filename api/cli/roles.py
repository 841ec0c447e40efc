"""Commands that hand over: one process of the platform, the schema, the flow of a command."""

import asyncio
import os
import sys
from typing import NoReturn

from api.cli.boot import migrated
from api.cli.endpoints import find
from api.cli.errors import Refused
from api.cli.look import DOT, TICK, out
from bus import permissions
from infra.embedded.backends import edge
from infra.embedded.nats_users import address_of
from infra.settings import Settings, child_environment

WORKER_ROLES = ("commands", "policies", "effects", "projections", "relay", "timers", "scheduler", "sealer")


def run(settings: Settings, role: str) -> NoReturn:
    if role == "api":
        become(settings, permissions.API, *edge(settings.api_host, settings.api_port))
    if unknown := set(role.split(",")) - {*WORKER_ROLES, "all"}:
        raise Refused(
            f"there is no role {', '.join(sorted(unknown))}.",
            f"Roles are api, {', '.join(WORKER_ROLES)}, and all for every one but the API.",
        )
    user = permissions.worker(WORKER_ROLES if role == "all" else role.split(","))
    become(settings, user, "bus.app", "--role", role)


def become(settings: Settings, user: str, module: str, *arguments: str) -> NoReturn:
    """The same process, so that whoever started it can signal it. It connects to NATS as `user`."""
    found = find(settings)
    changes = {**found.settings(), "data_dir": str(settings.data_dir)}
    if settings.nats_url is None:
        changes["nats_url"] = address_of(settings.data_dir / "nats", found.nats_url, user)
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
