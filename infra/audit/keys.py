"""The ledger's own keys: what signs its checkpoints, and what the salts of its entries come from."""

import json
import secrets
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from infra.audit.notes import Signer
from infra.crypto.key_rows import PostgresKeyStore
from infra.crypto.keys import KeyStore
from infra.crypto.secrets import SecretBox

RING = "ledger seal"
BYTES = 32


@dataclass(frozen=True, slots=True)
class SealKeys:
    """`salts`: who has it can open every entry; it never leaves the platform."""

    signer: Signer
    salts: bytes


def load_keys(store: KeyStore, box: SecretBox, origin: str) -> SealKeys:
    """The stored keys, made at the first start. Processes starting together end up with the same ones."""
    found = json.loads(box.open(store.read() or store.create(box.seal(new()))))
    private = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(found["signing"]))
    return SealKeys(Signer(origin, private), bytes.fromhex(found["salts"]))


def stored_keys(database_url: str, master: str, origin: str) -> SealKeys:
    return load_keys(PostgresKeyStore(database_url, RING), SecretBox([master], RING), origin)


def new() -> bytes:
    return json.dumps({name: secrets.token_hex(BYTES) for name in ("signing", "salts")}).encode()
