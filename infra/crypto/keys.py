"""The signing keys of access tokens: previous, current, next, kept encrypted."""

import json
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from joserfc.jwk import ECKey, KeySet

from infra.crypto.secrets import SecretBox

KEPT = 2
"""Retired keys still accepted. Rotations are further apart than a token lives, so one would do."""


class KeyStore(Protocol):
    """Where the sealed ring lies: a file or a row."""

    def read(self) -> bytes | None: ...

    def create(self, sealed: bytes) -> bytes:
        """Stores unless something is there already; returns what is there now."""
        ...

    def replace(self, sealed: bytes) -> None: ...


@dataclass(frozen=True, slots=True)
class KeyRing:
    """`next` is published long before it signs, so no verifier meets a key it has not seen."""

    current: ECKey
    next: ECKey
    previous: tuple[ECKey, ...] = ()

    @property
    def keys(self) -> tuple[ECKey, ...]:
        return (self.current, self.next, *self.previous)

    def find(self, kid: object) -> ECKey | None:
        return next((key for key in self.keys if key.kid == kid), None)

    def rotated(self) -> "KeyRing":
        return KeyRing(self.next, new_key(), (self.current, *self.previous)[:KEPT])

    def jwks(self) -> dict[str, Any]:
        return dict(KeySet(list(self.keys)).as_dict(private=False))


def new_key() -> ECKey:
    return ECKey.generate_key("P-256", {"use": "sig", "alg": "ES256"}, auto_kid=True)


def dump(ring: KeyRing) -> bytes:
    current, following, *previous = (key.as_dict(private=True) for key in ring.keys)
    return json.dumps({"current": current, "next": following, "previous": previous}).encode()


def parse(plain: bytes) -> KeyRing:
    data = json.loads(plain)
    previous = tuple(ECKey.import_key(key) for key in data["previous"])
    return KeyRing(ECKey.import_key(data["current"]), ECKey.import_key(data["next"]), previous)


def load_ring(store: KeyStore, box: SecretBox) -> KeyRing:
    """The stored ring, made at the first start. Processes starting together end up with the same one."""
    sealed = store.read() or store.create(box.seal(dump(KeyRing(new_key(), new_key()))))
    return parse(box.open(sealed))


def rotate(store: KeyStore, box: SecretBox) -> KeyRing:
    ring = load_ring(store, box).rotated()
    store.replace(box.seal(dump(ring)))
    return ring


class FileKeyStore:
    """One file, readable by its owner only, never seen half written."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self) -> bytes | None:
        return self._path.read_bytes() if self._path.exists() else None

    def create(self, sealed: bytes) -> bytes:
        draft = self._draft(sealed)
        try:
            os.link(draft, self._path)
        except FileExistsError:
            return self._path.read_bytes()
        finally:
            draft.unlink()
        return sealed

    def replace(self, sealed: bytes) -> None:
        self._draft(sealed).replace(self._path)

    def _draft(self, sealed: bytes) -> Path:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=self._path.parent, prefix=".keys-")
        with os.fdopen(handle, "wb") as file:
            file.write(sealed)
            file.flush()
            os.fsync(file.fileno())
        return Path(name)
