"""Postgres refuses to run as root: as root we hand its files to a user of its own."""

import os
import pwd
import stat
import subprocess
from pathlib import Path

from infra.errors import SetupError

NAME = "pgserver"


class NoSystemUser(SetupError):
    def __init__(self, name: str, reason: str) -> None:
        super().__init__(
            f"cannot create the system user {name} to run Postgres as: {reason}",
            "Create it yourself, run as a user other than root, or set HB_DATABASE_URL.",
        )


def drop_to() -> str | None:
    """The user to run Postgres as; None when we are not root and run it as ourselves."""
    if os.geteuid() != 0:
        return None
    if not exists(NAME):
        created = subprocess.run(["useradd", "--system", "--no-create-home", NAME], capture_output=True)
        # Another start of ours may have created it in between.
        if created.returncode != 0 and not exists(NAME):
            raise NoSystemUser(NAME, created.stderr.decode(errors="replace").strip())
    return NAME


def exists(user: str) -> bool:
    try:
        pwd.getpwnam(user)
    except KeyError:
        return False
    return True


def give(path: Path, user: str | None) -> None:
    """Hand a folder to the user and let them walk to it."""
    if user is not None:
        entry = pwd.getpwnam(user)
        os.chown(path, entry.pw_uid, entry.pw_gid)
        make_reachable(path)


def open_up(folder: Path, user: str | None) -> None:
    """An installation made under a strict umask is closed to others."""
    if user is None:
        return
    make_reachable(folder)
    if not folder.stat().st_mode & stat.S_IROTH:
        for path in (folder, *folder.rglob("*")):
            runs = stat.S_IXOTH if path.stat().st_mode & stat.S_IXUSR else 0
            path.chmod(stat.S_IMODE(path.stat().st_mode) | stat.S_IROTH | runs)


def make_reachable(path: Path) -> None:
    """Others may pass through the folders above, not list them."""
    for folder in path.resolve().parents:
        mode = folder.stat().st_mode
        if not mode & stat.S_IXOTH:
            folder.chmod(stat.S_IMODE(mode) | stat.S_IXOTH)
