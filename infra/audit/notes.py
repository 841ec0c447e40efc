"""Signed checkpoints: C2SP's tlog-checkpoint in a signed note, under Ed25519."""

import base64
from dataclasses import dataclass
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

ED25519 = b"\x01"
DASH = "\u2014"


class BadNote(ValueError):
    """Not a checkpoint of this log, signed by its key."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    origin: str
    size: int
    root: bytes

    def body(self) -> str:
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"


@dataclass(frozen=True, slots=True)
class Verifier:
    """Who signs, by name and public key. `str` is the form that verifiers of signed notes take."""

    name: str
    public: bytes

    @property
    def hint(self) -> bytes:
        return sha256(self.name.encode() + b"\n" + ED25519 + self.public).digest()[:4]

    def __str__(self) -> str:
        return f"{self.name}+{self.hint.hex()}+{base64.b64encode(ED25519 + self.public).decode()}"

    def opened(self, note: str) -> Checkpoint:
        """The checkpoint a note signs. Only the one form we write is taken: no bit of it can change."""
        body, _, line = note.rpartition("\n\n")
        point = parsed(f"{body}\n")
        marked = base64_of(line.removeprefix(f"{DASH} {self.name} ").removesuffix("\n"))
        if point.origin != self.name or note != written(point, self, marked[4:]):
            raise BadNote(f"it is not a checkpoint of {self.name}")
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(marked[4:], point.body().encode())
        except InvalidSignature:
            raise BadNote("its signature is not that of the ledger's key") from None
        return point


@dataclass(frozen=True, slots=True)
class Signer:
    name: str
    private: Ed25519PrivateKey

    @property
    def verifier(self) -> Verifier:
        return Verifier(self.name, self.private.public_key().public_bytes_raw())

    def sign(self, point: Checkpoint) -> str:
        return written(point, self.verifier, self.private.sign(point.body().encode()))


def written(point: Checkpoint, who: Verifier, signature: bytes) -> str:
    return f"{point.body()}\n{DASH} {who.name} {base64.b64encode(who.hint + signature).decode()}\n"


def parsed(body: str) -> Checkpoint:
    try:
        origin, size, root = body.removesuffix("\n").split("\n")
        return Checkpoint(origin, int(size), base64_of(root))
    except ValueError:
        raise BadNote("it has not the form of a checkpoint") from None


def base64_of(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except ValueError:
        raise BadNote("it has not the form of a checkpoint") from None
