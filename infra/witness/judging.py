"""Whether a witness signs a checkpoint: it is signed by the ledger, and goes on from what was seen."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Literal

from infra.audit.merkle import EMPTY_ROOT, consistent
from infra.audit.notes import BadNote, Checkpoint, Verifier
from infra.witness.submission import BadSubmission, Submission

Code = Literal[
    "witness.malformed",
    "witness.too_large",
    "witness.too_slow",
    "witness.unknown_ledger",
    "witness.not_signed",
    "witness.old_size_too_large",
    "witness.rollback",
    "witness.other_size",
    "witness.fork",
    "witness.inconsistent",
]


@dataclass(frozen=True)
class Seen:
    """The largest checkpoint of the ledger so far. Nothing yet: the empty tree."""

    size: int = 0
    root: bytes = EMPTY_ROOT


class Refusal(Exception):
    """`size`: what was seen, for whoever asked from another."""

    def __init__(self, status: int, code: Code, message: str, size: int | None = None) -> None:
        super().__init__(message)
        self.status, self.code, self.size = status, code, size


def judged(seen: Seen, asked: Submission, ledger: Sequence[Verifier]) -> Checkpoint:
    """The checkpoint to sign. Raises Refusal; the statuses are those of C2SP's tlog-witness."""
    point = signed_point(asked, ledger)
    if asked.old > point.size:
        raise Refusal(400, "witness.old_size_too_large", f"{asked.old} is more than the checkpoint's size")
    if point.size < seen.size:
        raise Refusal(409, "witness.rollback", f"{seen.size} entries were seen, these are fewer", seen.size)
    if asked.old != seen.size:
        raise Refusal(409, "witness.other_size", f"{seen.size} entries were seen", seen.size)
    if point.size == seen.size and point.root != seen.root:
        raise Refusal(409, "witness.fork", f"another ledger of {seen.size} entries was seen", seen.size)
    if not consistent(seen.size, seen.root, point.size, point.root, asked.proof):
        raise Refusal(
            422, "witness.inconsistent", f"it is not proved to begin with the {seen.size} entries seen"
        )
    return point


def signed_point(asked: Submission, ledger: Sequence[Verifier]) -> Checkpoint:
    """What one of the ledger's keys signs. Lines of other keys say nothing."""
    try:
        point = asked.point()
    except (BadNote, BadSubmission) as error:
        raise Refusal(400, "witness.malformed", str(error)) from error
    ours = [one for one in ledger if one.name == point.origin]
    if not ours:
        raise Refusal(404, "witness.unknown_ledger", "it is of another ledger than this witness follows")
    for line in asked.note.rpartition("\n\n")[2].splitlines(keepends=True):
        for one in ours:
            with suppress(BadNote):
                one.check(point.body(), line)
                return point
    raise Refusal(403, "witness.not_signed", "none of the ledger's keys signed it")
