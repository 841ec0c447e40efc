"""Cosignatures: C2SP's tlog-cosignature with Ed25519. Whoever signs says when, too."""

import base64
from dataclasses import dataclass
from typing import ClassVar

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from infra.audit.notes import BadKey, BadNote, Checkpoint, Verifier

PRIVATE = "PRIVATE+KEY+"
TIME_BYTES = 8


@dataclass(frozen=True, slots=True)
class Witness(Verifier):
    """As of a time, the checkpoint is the largest it has seen, and goes on from all those before."""

    kind: ClassVar[bytes] = b"\x04"

    def check(self, body: str, line: str) -> None:
        self.seen_at(body, line)

    def seen_at(self, body: str, line: str) -> int:
        """The time a cosignature is of, in seconds. Raises BadNote."""
        seconds = self.told_at(line)
        self.verify(self.signature(line)[TIME_BYTES:], message(body, seconds))
        return seconds

    def told_at(self, line: str) -> int:
        """The same, believed."""
        return int.from_bytes(self.signature(line)[:TIME_BYTES], "big")


@dataclass(frozen=True, slots=True)
class Cosigner:
    name: str
    private: Ed25519PrivateKey

    @classmethod
    def read(cls, text: str) -> "Cosigner":
        """A private key as it is kept. Raises BadKey, which does not repeat it."""
        try:
            name, _, encoded = text.removeprefix(PRIVATE).split("+", 2)
            seed = base64.b64decode(encoded, validate=True)[1:]
            found = cls(name, Ed25519PrivateKey.from_private_bytes(seed))
        except ValueError:
            raise BadKey("it is no private key of a witness") from None
        if found.kept() != text:
            raise BadKey("it is a private key of another kind, or its hash is wrong")
        return found

    def kept(self) -> str:
        seed = base64.b64encode(Witness.kind + self.private.private_bytes_raw()).decode()
        return f"{PRIVATE}{self.name}+{self.witness.hint.hex()}+{seed}"

    @property
    def witness(self) -> Witness:
        return Witness(self.name, self.private.public_key().public_bytes_raw())

    def line(self, point: Checkpoint, seconds: int) -> str:
        signature = self.private.sign(message(point.body(), seconds))
        return self.witness.line(seconds.to_bytes(TIME_BYTES, "big") + signature)


def message(body: str, seconds: int) -> bytes:
    return f"cosignature/v1\ntime {seconds}\n{body}".encode()


def cosigned_at(note: str, witness: Witness) -> int:
    """When the witness saw the checkpoint of a note; lines of others say nothing. Raises BadNote."""
    body, _, lines = note.rpartition("\n\n")
    for line in lines.splitlines(keepends=True):
        if line.startswith(witness.mark):
            return witness.seen_at(f"{body}\n", line)
    raise BadNote(f"it is not cosigned by {witness.name}")
