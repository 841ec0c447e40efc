"""The signing keys of access tokens: previous, current, next, kept encrypted."""

import json
import os
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from joserfc.jwk import ECKey, KeySet

from infra.crypto.secrets import SecretBox

KEPT = 2
"""Retired keys still accepted. Rotations are further apart than a token lives, so one would do."""

CACHED_SECONDS = 300
"""How long verifiers may keep what we publish."""

RELOAD_SECONDS = 60
"""How long a process may go on with the ring it read before."""

Change = Callable[[bytes], bytes]


class TooEarly(Exception):
    """Verifiers may not have seen the next key yet, or tokens of the last but one still live."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"the next key may sign in {seconds:.0f} seconds")
        self.seconds = seconds


class KeyStore(Protocol):
    """Where the sealed ring lies."""

    def read(self) -> bytes | None: ...

    def create(self, sealed: bytes) -> bytes:
        """Stores unless something is there already; returns what is there now."""
        ...

    def change(self, change: Change) -> bytes:
        """Of what is there, with nobody else changing it meanwhile; returns what is there now."""
        ...


@dataclass(frozen=True, slots=True)
class KeyRing:
    """`next` is published long before it signs, so no verifier meets a key it has not seen. `made_at`: when
    it was made, in seconds of Unix time.
    """

    current: ECKey
    next: ECKey
    previous: tuple[ECKey, ...] = ()
    made_at: float = 0.0

    @property
    def keys(self) -> tuple[ECKey, ...]:
        return (self.current, self.next, *self.previous)

    def find(self, kid: object) -> ECKey | None:
        return next((key for key in self.keys if key.kid == kid), None)

    def rotated(self, now: float) -> "KeyRing":
        return KeyRing(self.next, new_key(), (self.current, *self.previous)[:KEPT], now)

    def jwks(self) -> dict[str, Any]:
        return dict(KeySet(list(self.keys)).as_dict(private=False))


def new_key() -> ECKey:
    return ECKey.generate_key("P-256", {"use": "sig", "alg": "ES256"}, auto_kid=True)


def dump(ring: KeyRing) -> bytes:
    current, following, *previous = (key.as_dict(private=True) for key in ring.keys)
    keys = {"current": current, "next": following, "previous": previous}
    return json.dumps({**keys, "made_at": ring.made_at}).encode()


def parse(plain: bytes) -> KeyRing:
    data = json.loads(plain)
    previous = tuple(ECKey.import_key(key) for key in data["previous"])
    current, following = ECKey.import_key(data["current"]), ECKey.import_key(data["next"])
    return KeyRing(current, following, previous, data.get("made_at", 0.0))


def load_ring(store: KeyStore, box: SecretBox, now: float | None = None) -> KeyRing:
    """The stored ring, made at the first start. Processes starting together end up with the same one."""
    sealed = store.read() or store.create(box.seal(dump(new_ring(time.time() if now is None else now))))
    return parse(box.open(sealed))


def new_ring(now: float) -> KeyRing:
    return KeyRing(new_key(), new_key(), made_at=now)


def rotate(store: KeyStore, box: SecretBox, now: float, token_seconds: float) -> KeyRing:
    """The next key signs from now on. Raises TooEarly."""

    def change(sealed: bytes) -> bytes:
        ring = parse(box.open(sealed))
        if (left := ring.made_at + soonest(token_seconds) - now) > 0:
            raise TooEarly(left)
        return box.seal(dump(ring.rotated(now)))

    load_ring(store, box, now)
    return parse(box.open(store.change(change)))


def start_over(store: KeyStore, box: SecretBox, now: float) -> KeyRing:
    """No key of before is accepted any more, as when somebody may have seen them."""
    load_ring(store, box, now)
    return parse(box.open(store.change(lambda _: box.seal(dump(new_ring(now))))))


def rotate_if_due(
    store: KeyStore, box: SecretBox, now: float, token_seconds: float, after_seconds: float
) -> KeyRing:
    """The ring as it is to be used. Of many processes that ask at once, one rotates it."""
    ring = load_ring(store, box, now)
    if now - ring.made_at < max(after_seconds, soonest(token_seconds)):
        return ring
    try:
        return rotate(store, box, now, token_seconds)
    except TooEarly:
        return load_ring(store, box, now)


def soonest(token_seconds: float) -> float:
    """From one rotation to the next: all have seen the next key, and no token of a dropped one lives."""
    return max(2 * CACHED_SECONDS + RELOAD_SECONDS, token_seconds)


class FileKeyStore:
    """A key that never changes, in a file readable by its owner only, never seen half written."""

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

    def _draft(self, sealed: bytes) -> Path:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=self._path.parent, prefix=".keys-")
        with os.fdopen(handle, "wb") as file:
            file.write(sealed)
            file.flush()
            os.fsync(file.fileno())
        return Path(name)
