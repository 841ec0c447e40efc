"""The key everything else is sealed with: from the settings, else a file in the data folder."""

import os
from pathlib import Path

from cryptography.fernet import Fernet

from infra.settings import Settings

NAME = "master.key"
OWNER_ONLY = 0o600


def master_key(settings: Settings) -> str:
    if settings.secret_key is not None:
        return settings.secret_key.get_secret_value()
    return key_in(settings.data_dir / NAME)


def key_in(file: Path) -> str:
    """The file's key, made at the first call. Processes starting together end up with the same one."""
    if not file.exists():
        create(file, Fernet.generate_key())
    return file.read_text().strip()


def create(file: Path, key: bytes) -> None:
    """Linked into place when it is whole, so that nobody reads half a key."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = file.with_name(f".{file.name}.{os.getpid()}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, OWNER_ONLY)
    with os.fdopen(handle, "wb") as out:
        out.write(key + b"\n")
        out.flush()
        os.fsync(out.fileno())
    try:
        os.link(draft, file)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
