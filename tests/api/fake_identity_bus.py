"""What commands about factors and linked identities become in the fake world."""

from collections.abc import Callable
from typing import Any

from schemas.envelope import Envelope
from tests.api.fakes import FakeReads


def link_identity(reads: FakeReads, envelope: Envelope, command: Any) -> None:
    reads.identities[command.subject_index] = command.user_id, command.provider


def unlink_identity(reads: FakeReads, envelope: Envelope, command: Any) -> None:
    gone = command.user_id, command.provider
    reads.identities = {index: known for index, known in reads.identities.items() if known != gone}


def noted(reads: FakeReads, envelope: Envelope, command: Any) -> None:
    """The edge shows nothing of it: what counts is what was sent."""


IDENTITY: dict[str, Callable[[FakeReads, Envelope, Any], None]] = {
    "LinkIdentity": link_identity,
    "UnlinkIdentity": unlink_identity,
    **dict.fromkeys(("AddFactor", "RemoveFactor"), noted),
}
