"""A device for passkeys, in software: what it answers to the options of a server (ES256, no attestation)."""

import json
import os
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url, encode_cbor

PRESENT, VERIFIED, WITH_KEY = 0x01, 0x04, 0x40
NO_MODEL = bytes(16)
COORDINATE_BYTES = 32


@dataclass
class Authenticator:
    """`verifies`: it knows its owner, by finger, PIN or passphrase. `counts`: it counts its signatures.

    `keys`: by id, with whom they are of.
    """

    origin: str
    verifies: bool = True
    counts: bool = True
    count: int = 0
    keys: dict[bytes, tuple[ec.EllipticCurvePrivateKey, bytes]] = field(default_factory=dict)
    transports: tuple[str, ...] = ("internal",)

    def create(self, options: dict[str, Any]) -> dict[str, Any]:
        """As `navigator.credentials.create()`."""
        key, key_id = ec.generate_private_key(ec.SECP256R1()), os.urandom(32)
        self.keys[key_id] = key, base64url_to_bytes(options["user"]["id"])
        made = NO_MODEL + len(key_id).to_bytes(2) + key_id + public_of(key)
        data = self._data(options["rp"]["id"], WITH_KEY) + made
        attestation = encode_cbor({"fmt": "none", "attStmt": {}, "authData": data})
        told = {"attestationObject": bytes_to_base64url(attestation), "transports": list(self.transports)}
        return answer(key_id, self._client("webauthn.create", options), told)

    def get(self, options: dict[str, Any], key_id: bytes | None = None) -> dict[str, Any]:
        """As `navigator.credentials.get()`: with the first key that is allowed."""
        allowed = [base64url_to_bytes(one["id"]) for one in options["allowCredentials"]] or list(self.keys)
        key_id = key_id or next(one for one in allowed if one in self.keys)
        key, user_handle = self.keys[key_id]
        data, client = self._data(options["rpId"]), self._client("webauthn.get", options)
        signature = key.sign(data + sha256(client).digest(), ec.ECDSA(SHA256()))
        told = {"authenticatorData": data, "signature": signature, "userHandle": user_handle}
        return answer(key_id, client, {name: bytes_to_base64url(value) for name, value in told.items()})

    def _data(self, rp_id: str, flags: int = 0) -> bytes:
        self.count += self.counts
        known = PRESENT | (VERIFIED if self.verifies else 0)
        return sha256(rp_id.encode()).digest() + bytes([known | flags]) + self.count.to_bytes(4)

    def _client(self, kind: str, options: dict[str, Any]) -> bytes:
        said = {"type": kind, "challenge": options["challenge"], "origin": self.origin, "crossOrigin": False}
        return json.dumps(said).encode()


def public_of(key: ec.EllipticCurvePrivateKey) -> bytes:
    """As COSE has it: an elliptic key of two coordinates, for ES256, on P-256."""
    point = key.public_key().public_numbers()
    x, y = point.x.to_bytes(COORDINATE_BYTES), point.y.to_bytes(COORDINATE_BYTES)
    return encode_cbor({1: 2, 3: -7, -1: 1, -2: x, -3: y})


def answer(key_id: bytes, client: bytes, told: dict[str, Any]) -> dict[str, Any]:
    name = bytes_to_base64url(key_id)
    response = {"clientDataJSON": bytes_to_base64url(client), **told}
    return {"id": name, "rawId": name, "type": "public-key", "response": response}
