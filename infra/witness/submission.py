"""What a ledger hands to a witness: the body of `add-checkpoint` of C2SP's tlog-witness."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass

from infra.audit.notes import BadNote, Checkpoint, base64_of, parsed

MOST_HASHES = 63


class BadSubmission(ValueError):
    """It has not the form of a submission."""


@dataclass(frozen=True, slots=True)
class Submission:
    """`proof`: that the ledger of `note` begins with that of `old` entries."""

    old: int
    proof: Sequence[bytes]
    note: str

    def body(self) -> str:
        hashes = "".join(f"{base64.b64encode(one).decode()}\n" for one in self.proof)
        return f"old {self.old}\n{hashes}\n{self.note}"

    def point(self) -> Checkpoint:
        """Three lines and no more: our ledgers write no others."""
        body, _, _ = self.note.rpartition("\n\n")
        point = parsed(f"{body}\n")
        if point.body() != f"{body}\n" or point.size < 0 or len(point.root) != 32:
            raise BadNote("it has not the form of a checkpoint")
        return point


def read(body: bytes) -> Submission:
    """Raises BadSubmission."""
    try:
        head, _, note = body.decode().partition("\n\n")
        old, *hashes = head.split("\n")
        found = Submission(number(old.removeprefix("old ")), [base64_of(one) for one in hashes], note)
    except ValueError as error:
        raise BadSubmission(f"it has not the form of a submission: {error}") from None
    if found.body().encode() != body or len(hashes) > MOST_HASHES:
        raise BadSubmission(f"it is no old size, at most {MOST_HASHES} hashes and a checkpoint")
    return found


def number(text: str) -> int:
    """Digits as `str` writes them, and not too many."""
    if not (text.isascii() and text.isdigit() and len(text) < 20) or str(int(text)) != text:
        raise BadSubmission(f"{text[:40]!r} is no size")
    return int(text)
