"""A security key in software: what a browser and a device answer to the options of a server."""

import os
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from fido2.cose import ES256
from fido2.utils import websafe_decode, websafe_encode
from fido2.webauthn import (
    AttestationObject,
    AttestedCredentialData,
    AuthenticatorData,
    CollectedClientData,
)

FLAG = AuthenticatorData.FLAG


@dataclass
class Authenticator:
    """`verifies`: it knows its owner by finger or PIN. `counts`: it counts its signatures."""

    origin: str = "https://app.example"
    verifies: bool = True
    counts: bool = True
    count: int = 0
    keys: dict[bytes, tuple[ec.EllipticCurvePrivateKey, bytes]] = field(default_factory=dict)

    def create(self, options: dict[str, Any]) -> dict[str, Any]:
        """As `navigator.credentials.create()`."""
        key, key_id = ec.generate_private_key(ec.SECP256R1()), os.urandom(32)
        self.keys[key_id] = key, websafe_decode(options["user"]["id"])
        public: ES256 = ES256.from_cryptography_key(key.public_key())  # type: ignore[no-untyped-call]
        credential = AttestedCredentialData.create(b"\0" * 16, key_id, public)
        data = self._data(options["rp"]["id"], FLAG.AT, credential)
        attestation = AttestationObject.create("none", data, {})
        client = self._client(CollectedClientData.TYPE.CREATE, options)
        told = {"attestationObject": websafe_encode(attestation), "transports": ["internal", "hybrid"]}
        return answer(key_id, client, told)

    def get(self, options: dict[str, Any], key_id: bytes | None = None) -> dict[str, Any]:
        """As `navigator.credentials.get()`: with the first key that is allowed."""
        allowed = [websafe_decode(one["id"]) for one in options["allowCredentials"]] or list(self.keys)
        key_id = key_id or next(one for one in allowed if one in self.keys)
        key, user_handle = self.keys[key_id]
        data = self._data(options["rpId"])
        client = self._client(CollectedClientData.TYPE.GET, options)
        signature = key.sign(data + sha256(client).digest(), ec.ECDSA(SHA256()))
        told = {"authenticatorData": data, "signature": signature, "userHandle": user_handle}
        return answer(key_id, client, {name: websafe_encode(value) for name, value in told.items()})

    def _data(self, rp_id: str, flags: FLAG = FLAG(0), credential: bytes = b"") -> AuthenticatorData:  # noqa: B008
        self.count += self.counts
        known = FLAG.UV if self.verifies else FLAG(0)
        rp_hash = sha256(rp_id.encode()).digest()
        made: AuthenticatorData
        made = AuthenticatorData.create(rp_hash, FLAG.UP | known | flags, self.count, credential)
        return made

    def _client(self, kind: CollectedClientData.TYPE, options: dict[str, Any]) -> CollectedClientData:
        return CollectedClientData.create(kind, options["challenge"], self.origin)


def answer(key_id: bytes, client: bytes, told: dict[str, Any]) -> dict[str, Any]:
    name = websafe_encode(key_id)
    response = {"clientDataJSON": websafe_encode(client), **told}
    return {"id": name, "rawId": name, "type": "public-key", "response": response}
