"""The ledger's own keys: what signs its checkpoints, and what the salts of its entries come from."""

import json
import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from infra.audit.notes import Signer, Verifier
from infra.crypto.key_rows import PostgresKeyStore
from infra.crypto.keys import KeyStore
from infra.crypto.secrets import SecretBox

RING = "ledger seal"
BYTES = 32
OVERLAP = timedelta(days=30)
"""For so long an old key signs beside the new one: time enough to take the new one along."""


@dataclass(frozen=True, slots=True)
class Retired:
    """A key that was replaced. Its private half goes with the rotation after its time."""

    verifier: Verifier
    signer: Signer | None
    until: datetime


@dataclass(frozen=True, slots=True)
class SealKeys:
    """`salts`: who has it can open every entry; it never leaves the platform."""

    signer: Signer
    salts: bytes
    retired: tuple[Retired, ...] = ()

    def signers(self, now: datetime) -> list[Signer]:
        """Who signs a checkpoint now, the oldest first."""
        return [*(one.signer for one in self.retired if one.signer and now < one.until), self.signer]

    @property
    def verifiers(self) -> list[Verifier]:
        """All that ever signed or will, the oldest first."""
        return [*(one.verifier for one in self.retired), self.signer.verifier]

    def rotated(self, following: Ed25519PrivateKey, now: datetime, overlap: timedelta) -> "SealKeys":
        kept = (one if now < one.until else replace(one, signer=None) for one in self.retired)
        old = Retired(self.signer.verifier, self.signer if overlap else None, now + overlap)
        return SealKeys(Signer(self.signer.name, following), self.salts, (*kept, old))


def load_keys(store: KeyStore, box: SecretBox, origin: str) -> SealKeys:
    """The stored keys, made at the first start. Processes starting together end up with the same ones."""
    return parse(box.open(store.read() or store.create(box.seal(new()))), origin)


def stored_keys(database_url: str, master: str, origin: str) -> SealKeys:
    return load_keys(PostgresKeyStore(database_url, RING), SecretBox([master], RING), origin)


def rotate_keys(
    database_url: str, master: str, origin: str, now: datetime, overlap: timedelta = OVERLAP
) -> SealKeys:
    """A new key, stored. Sealers sign with it as soon as they look. Of two at once the later one signs."""
    store, box = PostgresKeyStore(database_url, RING), SecretBox([master], RING)
    following = Ed25519PrivateKey.generate()

    def change(sealed: bytes) -> bytes:
        return box.seal(dump(parse(box.open(sealed), origin).rotated(following, now, overlap)))

    load_keys(store, box, origin)
    return parse(box.open(store.change(change)), origin)


def new() -> bytes:
    return json.dumps({name: secrets.token_hex(BYTES) for name in ("signing", "salts")}).encode()


def dump(keys: SealKeys) -> bytes:
    retired = [
        {
            "public": one.verifier.public.hex(),
            "signing": one.signer and seed(one.signer),
            "until": one.until.isoformat(),
        }
        for one in keys.retired
    ]
    found = {"signing": seed(keys.signer), "salts": keys.salts.hex(), "retired": retired}
    return json.dumps(found).encode()


def parse(plain: bytes, origin: str) -> SealKeys:
    found = json.loads(plain)
    retired = (retired_of(one, origin) for one in found.get("retired", ()))
    return SealKeys(signer_of(found["signing"], origin), bytes.fromhex(found["salts"]), tuple(retired))


def retired_of(found: dict[str, Any], origin: str) -> Retired:
    signer = signer_of(found["signing"], origin) if found["signing"] else None
    verifier = Verifier(origin, bytes.fromhex(found["public"]))
    return Retired(verifier, signer, datetime.fromisoformat(found["until"]))


def signer_of(private: str, origin: str) -> Signer:
    return Signer(origin, Ed25519PrivateKey.from_private_bytes(bytes.fromhex(private)))


def seed(signer: Signer) -> str:
    return signer.private.private_bytes_raw().hex()
