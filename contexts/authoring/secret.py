"""A value of the tenant's that only the use of a tool may know. Here it is ciphertext."""

from dataclasses import dataclass, replace

from contexts.authoring.errors import SecretNotFound
from contexts.kernel import Aggregate, Context
from schemas.authoring.commands import RemoveSecret, SetSecret
from schemas.authoring.events import SecretRemoved, SecretSet


@dataclass(frozen=True)
class Secret:
    name: str
    ciphertext: str
    removed: bool = False


def set_secret(state: Secret | None, command: SetSecret, ctx: Context) -> list[SecretSet]:
    """Always a new event: whether two ciphertexts hold the same value cannot be told."""
    return [SecretSet(**dict(command))]


def remove(state: Secret | None, command: RemoveSecret, ctx: Context) -> list[SecretRemoved]:
    if state is None:
        raise SecretNotFound(f"there is no secret {command.name}")
    return [] if state.removed else [SecretRemoved(**dict(command))]


def evolve(state: Secret | None, event: SecretSet | SecretRemoved) -> Secret | None:
    if isinstance(event, SecretSet):
        return Secret(event.name, event.ciphertext)
    return replace(state, ciphertext="", removed=True) if state else None


SECRET = Aggregate("secret", Secret, evolve)
