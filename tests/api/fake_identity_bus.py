"""Commands about factors and linked identities: decided by the rules, kept in the fake world."""

from collections.abc import Callable
from typing import Any

from contexts.identity import proofs
from contexts.identity.user import User
from schemas.base import UserId
from schemas.envelope import Envelope
from tests.api.fakes import FakeReads
from tests.support.spec import CTX


def person(reads: FakeReads, user_id: UserId) -> User:
    linked = {provider: index for index, (who, provider) in reads.identities.items() if who == user_id}
    return User(user_id, "", factors=reads.factors.get(user_id, {}), identities=linked)


def link_identity(reads: FakeReads, envelope: Envelope, command: Any) -> None:
    reads.identities[command.subject_index] = command.user_id, command.provider


def unlink_identity(reads: FakeReads, envelope: Envelope, command: Any) -> None:
    proofs.unlink_identity(person(reads, command.user_id), command, CTX)
    gone = command.user_id, command.provider
    reads.identities = {index: known for index, known in reads.identities.items() if known != gone}


def add_factor(reads: FakeReads, envelope: Envelope, command: Any) -> None:
    reads.factors.setdefault(command.user_id, {})[command.factor_id] = command.kind


def remove_factor(reads: FakeReads, envelope: Envelope, command: Any) -> None:
    proofs.remove_factor(person(reads, command.user_id), command, CTX)
    del reads.factors[command.user_id][command.factor_id]


IDENTITY: dict[str, Callable[[FakeReads, Envelope, Any], None]] = {
    "LinkIdentity": link_identity,
    "UnlinkIdentity": unlink_identity,
    "AddFactor": add_factor,
    "RemoveFactor": remove_factor,
}
