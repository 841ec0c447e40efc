"""Signed checkpoints: C2SP's tlog-checkpoint in a signed note, under one or several Ed25519 keys."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import ClassVar, Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

DASH = "\u2014"


class BadNote(ValueError):
    """Not a checkpoint of this log, signed by its key."""


class BadKey(ValueError):
    """Not a key as verifiers of signed notes take it."""


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

    kind: ClassVar[bytes] = b"\x01"
    name: str
    public: bytes

    @classmethod
    def read(cls, text: str) -> Self:
        """The other way round from `str`. Raises BadKey."""
        try:
            name, _, encoded = text.split("+", 2)
            found = cls(name, base64.b64decode(encoded, validate=True)[1:])
            Ed25519PublicKey.from_public_bytes(found.public)
        except ValueError:
            raise BadKey(f"{text!r} is no key of the form name+hash+key") from None
        if str(found) != text or len(f"-{name}-".split()) != 1 or not name:
            raise BadKey(f"{text!r} is another kind of key, or its name or hash is wrong")
        return found

    @property
    def hint(self) -> bytes:
        return sha256(self.name.encode() + b"\n" + self.kind + self.public).digest()[:4]

    def __str__(self) -> str:
        return f"{self.name}+{self.hint.hex()}+{base64.b64encode(self.kind + self.public).decode()}"

    @property
    def mark(self) -> str:
        """How its lines begin."""
        return f"{DASH} {self.name} "

    def line(self, signature: bytes) -> str:
        return f"{self.mark}{base64.b64encode(self.hint + signature).decode()}\n"

    def check(self, body: str, line: str) -> None:
        """Only the one form we write is taken: no bit of it can change."""
        self.verify(self.signature(line), body.encode())

    def signature(self, line: str) -> bytes:
        found = base64_of(line.removeprefix(self.mark).removesuffix("\n"))[4:]
        if line != self.line(found):
            raise BadNote(f"it is not signed by {self.name}")
        return found

    def verify(self, signature: bytes, signed: bytes) -> None:
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, signed)
        except InvalidSignature:
            raise BadNote(f"its signature is not that of the key of {self.name}") from None

    def opened(self, note: str) -> Checkpoint:
        """The checkpoint of a note that this one key signs."""
        return opened(note, [self])


@dataclass(frozen=True, slots=True)
class Signer:
    name: str
    private: Ed25519PrivateKey

    @property
    def verifier(self) -> Verifier:
        return Verifier(self.name, self.private.public_key().public_bytes_raw())

    def sign(self, point: Checkpoint) -> str:
        return signed(point, [self])

    def line(self, point: Checkpoint) -> str:
        return self.verifier.line(self.private.sign(point.body().encode()))


def signed(point: Checkpoint, signers: Sequence[Signer]) -> str:
    """By all of them, a line each."""
    return f"{point.body()}\n{''.join(signer.line(point) for signer in signers)}"


def opened(note: str, verifiers: Sequence[Verifier]) -> Checkpoint:
    """The checkpoint of a note that just these sign, in this order."""
    body, _, signatures = note.rpartition("\n\n")
    point = parsed(f"{body}\n")
    lines = signatures.splitlines(keepends=True)
    if len(lines) != len(verifiers) or note != f"{point.body()}\n{signatures}":
        raise BadNote(f"it is not signed by {len(verifiers)} of the ledger's keys")
    for who, line in zip(verifiers, lines, strict=True):
        if point.origin != who.name:
            raise BadNote(f"it is not a checkpoint of {who.name}")
        who.check(point.body(), line)
    return point


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
