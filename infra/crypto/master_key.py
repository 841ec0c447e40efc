"""The key everything else is sealed with: from the settings, else a file in the data folder."""

from pathlib import Path

from cryptography.fernet import Fernet

from infra.crypto.keys import FileKeyStore
from infra.settings import Settings

NAME = "master.key"


def master_key(settings: Settings) -> str:
    if settings.secret_key is not None:
        return settings.secret_key.get_secret_value()
    return key_in(settings.data_dir / NAME)


def key_in(file: Path) -> str:
    """The file's key, made at the first call. Processes starting together end up with the same one."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    store = FileKeyStore(file)
    return (store.read() or store.create(Fernet.generate_key())).decode().strip()
